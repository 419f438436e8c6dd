package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	ctrlclient "sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func ctrlClient(ctx context.Context, w *world) error {
	client, err := ctrlclient.New(w.config, ctrlclient.Options{Scheme: scheme.Scheme})
	if err != nil {
		return err
	}
	object := configMap("one", nil)
	object.Namespace = w.ns
	for _, want := range []controllerutil.OperationResult{
		controllerutil.OperationResultCreated, controllerutil.OperationResultNone,
	} {
		got, err := controllerutil.CreateOrUpdate(ctx, client, object, func() error {
			object.Data = map[string]string{"a": "1"}
			return nil
		})
		if err != nil {
			return err
		}
		if err := same("operation", got, want); err != nil {
			return err
		}
	}
	before := object.DeepCopy()
	object.Data["b"] = "2"
	if err := client.Patch(ctx, object, ctrlclient.MergeFromWithOptions(before, ctrlclient.MergeFromWithOptimisticLock{})); err != nil {
		return err
	}
	var list corev1.ConfigMapList
	if err := client.List(ctx, &list, ctrlclient.InNamespace(w.ns), ctrlclient.MatchingFields{"metadata.name": "one"}); err != nil {
		return err
	}
	if err := first(same("items", len(list.Items), 1), same("data", list.Items[0].Data["b"], "2")); err != nil {
		return err
	}
	return client.Delete(ctx, object)
}

// ctrlManager runs a controller that keeps a secret beside each config map, which it owns.
func ctrlManager(ctx context.Context, w *world) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	manager, err := ctrl.NewManager(w.config, ctrl.Options{
		Scheme:  scheme.Scheme,
		Cache:   cache.Options{DefaultNamespaces: map[string]cache.Config{w.ns: {}}},
		Metrics: metricsserver.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	err = ctrl.NewControllerManagedBy(manager).For(&corev1.ConfigMap{}).Owns(&corev1.Secret{}).
		Complete(reconcile.Func(func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
			var owner corev1.ConfigMap
			if err := manager.GetClient().Get(ctx, request.NamespacedName, &owner); err != nil {
				return reconcile.Result{}, ctrlclient.IgnoreNotFound(err)
			}
			if owner.Labels["mirror"] != "yes" {
				return reconcile.Result{}, nil
			}
			secret := corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: owner.Namespace, Name: owner.Name}}
			_, err := controllerutil.CreateOrUpdate(ctx, manager.GetClient(), &secret, func() error {
				secret.StringData = owner.Data
				return controllerutil.SetControllerReference(&owner, &secret, scheme.Scheme)
			})
			return reconcile.Result{}, err
		}))
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	if !manager.GetCache().WaitForCacheSync(ctx) {
		return fmt.Errorf("the caches did not fill")
	}
	object := configMap("one", map[string]string{"a": "1"})
	object.Labels = map[string]string{"mirror": "yes"}
	if _, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	secrets := w.client.CoreV1().Secrets(w.ns)
	mirrored := func(ctx context.Context) (bool, error) {
		secret, err := secrets.Get(ctx, "one", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil && string(secret.Data["a"]) == "1" && secret.DeletionTimestamp == nil, err
	}
	if err := eventually(ctx, "the secret is made", mirrored); err != nil {
		return err
	}
	if err := secrets.Delete(ctx, "one", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, "the secret is made again", mirrored); err != nil {
		return err
	}
	cancel()
	return <-ended
}
