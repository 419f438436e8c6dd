package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	clientinformers "k8s.io/client-go/informers"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

var mapsResource = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func watchObjects(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	watcher, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion, LabelSelector: "seen=yes"})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	object := configMap("one", nil)
	object.Labels = map[string]string{"seen": "yes"}
	if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	// Leaving the selector is a deletion for who watches by it, coming back an addition.
	for _, patch := range []string{
		`{"data":{"a":"1"}}`, `{"metadata":{"labels":{"seen":"no"}}}`, `{"metadata":{"labels":{"seen":"yes"}}}`,
	} {
		if _, err := maps.Patch(ctx, "one", types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	if err := maps.Delete(ctx, "one", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for i, want := range []watch.EventType{watch.Added, watch.Modified, watch.Deleted, watch.Added, watch.Deleted} {
		event, err := next(ctx, watcher)
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("event %d", i), event.Type, want); err != nil {
			return err
		}
		if _, right := event.Object.(*corev1.ConfigMap); !right {
			return fmt.Errorf("event %d carries a %T", i, event.Object)
		}
	}
	return nil
}

// watchBookmarks asks for the initial events in the watch and expects the bookmark behind them.
func watchBookmarks(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	if _, err := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{}); err != nil {
		return err
	}
	yes := true
	watcher, err := maps.Watch(ctx, metav1.ListOptions{
		SendInitialEvents:    &yes,
		AllowWatchBookmarks:  true,
		ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
	})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	seen := false
	for {
		event, err := next(ctx, watcher)
		if err != nil {
			return err
		}
		object, right := event.Object.(*corev1.ConfigMap)
		if !right {
			return fmt.Errorf("%s with a %T", event.Type, event.Object)
		}
		switch event.Type {
		case watch.Added:
			seen = seen || object.Name == "one"
		case watch.Bookmark:
			return first(
				same("seen before the bookmark", seen, true),
				same("annotation", object.Annotations[metav1.InitialEventsAnnotationKey], "true"),
			)
		default:
			return fmt.Errorf("event %s", event.Type)
		}
	}
}

func continueTokenRefused(ctx context.Context, w *world) error {
	_, err := w.client.CoreV1().ConfigMaps(w.ns).List(ctx, metav1.ListOptions{Limit: 1, Continue: "nonsense"})
	if !apierrors.IsBadRequest(err) {
		return fmt.Errorf("a nonsensical continue token: %v", err)
	}
	return nil
}

func informers(ctx context.Context, w *world) error {
	factory := clientinformers.NewSharedInformerFactoryWithOptions(w.client, 0, clientinformers.WithNamespace(w.ns))
	var added, updated, deleted atomic.Int32
	informer := factory.Core().V1().ConfigMaps()
	if _, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { added.Add(1) },
		UpdateFunc: func(any, any) { updated.Add(1) },
		DeleteFunc: func(any) { deleted.Add(1) },
	}); err != nil {
		return err
	}
	factory.Core().V1().Pods().Informer()
	factory.Apps().V1().Deployments().Informer()
	factory.Discovery().V1().EndpointSlices().Informer()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("%v did not fill", kind)
		}
	}
	before := added.Load()
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	const many = 50
	for i := range many {
		if _, err := maps.Create(ctx, configMap(fmt.Sprintf("cm-%d", i), map[string]string{"n": "0"}), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	if err := eventually(ctx, "all are added", func(context.Context) (bool, error) {
		return added.Load() >= before+many, nil
	}); err != nil {
		return err
	}
	cached, err := informer.Lister().ConfigMaps(w.ns).List(labels.Everything())
	if err != nil {
		return err
	}
	if len(cached) < many {
		return fmt.Errorf("the lister has %d", len(cached))
	}
	for i := range many {
		name := fmt.Sprintf("cm-%d", i)
		if _, err := maps.Patch(ctx, name, types.MergePatchType, []byte(`{"data":{"n":"1"}}`), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := maps.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return err
		}
	}
	return eventually(ctx, "all are updated and deleted", func(context.Context) (bool, error) {
		return updated.Load() >= many && deleted.Load() >= many, nil
	})
}

func informerIndex(ctx context.Context, w *world) error {
	factory := clientinformers.NewSharedInformerFactoryWithOptions(w.client, 0, clientinformers.WithNamespace(w.ns))
	informer := factory.Core().V1().ConfigMaps().Informer()
	if err := informer.AddIndexers(cache.Indexers{"team": func(object any) ([]string, error) {
		return []string{object.(*corev1.ConfigMap).Labels["team"]}, nil
	}}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	object := configMap("one", nil)
	object.Labels = map[string]string{"team": "red"}
	if _, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the index has it", func(context.Context) (bool, error) {
		found, err := informer.GetIndexer().ByIndex("team", "red")
		return len(found) == 1, err
	})
}

func metadataInformer(ctx context.Context, w *world) error {
	client, err := metadata.NewForConfig(w.config)
	if err != nil {
		return err
	}
	factory := metadatainformer.NewFilteredSharedInformerFactory(client, 0, w.ns, nil)
	lister := factory.ForResource(mapsResource).Lister()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	if _, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap("one", map[string]string{"big": "data"}), metav1.CreateOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the metadata is there", func(context.Context) (bool, error) {
		object, err := lister.ByNamespace(w.ns).Get("one")
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		partial, right := object.(*metav1.PartialObjectMetadata)
		return right && partial.Name == "one", nil
	})
}

func dynamicInformer(ctx context.Context, w *world) error {
	client, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, w.ns, nil)
	lister := factory.ForResource(mapsResource).Lister()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	if _, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap("one", nil), metav1.CreateOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the object is there", func(context.Context) (bool, error) {
		_, err := lister.ByNamespace(w.ns).Get("one")
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
}

func pagination(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	for i := range 25 {
		object := configMap(fmt.Sprintf("cm-%02d", i), nil)
		object.Labels = map[string]string{"page": "yes"}
		if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	var names []string
	version := ""
	options := metav1.ListOptions{Limit: 10}
	for {
		page, err := maps.List(ctx, options)
		if err != nil {
			return err
		}
		if version == "" {
			version = page.ResourceVersion
			if page.RemainingItemCount == nil || *page.RemainingItemCount < 15 {
				return fmt.Errorf("remainingItemCount is %v", page.RemainingItemCount)
			}
			// A later write must not show in the pages to come.
			if _, err := maps.Create(ctx, configMap("zz-later", nil), metav1.CreateOptions{}); err != nil {
				return err
			}
		}
		if err := same("version of the pages", page.ResourceVersion, version); err != nil {
			return err
		}
		for _, item := range page.Items {
			names = append(names, item.Name)
			if item.Name == "zz-later" {
				return fmt.Errorf("a later page shows a later object")
			}
		}
		if page.Continue == "" {
			break
		}
		options.Continue = page.Continue
	}
	if len(names) < 25 {
		return fmt.Errorf("%d names", len(names))
	}
	return nil
}

// workqueueController is the loop of every controller: informer, queue, worker.
func workqueueController(ctx context.Context, w *world) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	factory := clientinformers.NewSharedInformerFactoryWithOptions(w.client, 0, clientinformers.WithNamespace(w.ns))
	informer := factory.Core().V1().ConfigMaps()
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[string](time.Millisecond, time.Second))
	defer queue.ShutDown()
	enqueue := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			queue.Add(key)
		}
	}
	if _, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: enqueue, UpdateFunc: func(_, object any) { enqueue(object) }, DeleteFunc: enqueue,
	}); err != nil {
		return err
	}
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	reconcile := func(key string) error {
		_, name, _ := cache.SplitMetaNamespaceKey(key)
		object, err := informer.Lister().ConfigMaps(w.ns).Get(name)
		if apierrors.IsNotFound(err) || err == nil && object.Data["want"] == object.Data["have"] {
			return nil
		}
		if err != nil {
			return err
		}
		object = object.DeepCopy()
		object.Data["have"] = object.Data["want"]
		_, err = maps.Update(ctx, object, metav1.UpdateOptions{})
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for range 4 {
		go func() {
			for {
				key, stop := queue.Get()
				if stop {
					return
				}
				if reconcile(key) != nil {
					queue.AddRateLimited(key)
				} else {
					queue.Forget(key)
				}
				queue.Done(key)
			}
		}()
	}
	for i := range 20 {
		if _, err := maps.Create(ctx, configMap(fmt.Sprintf("cm-%d", i), map[string]string{"want": "x"}), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return eventually(ctx, "all are reconciled", func(ctx context.Context) (bool, error) {
		list, err := maps.List(ctx, metav1.ListOptions{})
		done := 0
		if err == nil {
			for _, item := range list.Items {
				if item.Data["have"] == "x" {
					done++
				}
			}
		}
		return done == 20, err
	})
}
