package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	openapi_v3 "github.com/google/gnostic-models/openapiv3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/openapi"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	eventsv1client "k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
	"sigs.k8s.io/yaml"
)

// table asks for what `kubectl get` shows.
func table(ctx context.Context, w *world) error {
	if _, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap("one", map[string]string{"a": "1"}), metav1.CreateOptions{}); err != nil {
		return err
	}
	var got metav1.Table
	body, err := w.client.CoreV1().RESTClient().Get().Namespace(w.ns).Resource("configmaps").
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").Do(ctx).Raw()
	if err != nil {
		return err
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, &got)
	if err != nil {
		return err
	}
	if read, right := object.(*metav1.Table); !right || len(read.ColumnDefinitions) < 3 || len(read.Rows) < 1 {
		return fmt.Errorf("the answer is %.200s", body)
	}
	return nil
}

func discovered(_ context.Context, w *world) error {
	version, err := w.client.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	if err := same("version", version.Major+"."+version.Minor, "1.37"); err != nil {
		return err
	}
	groups, resources, err := w.client.Discovery().ServerGroupsAndResources()
	if err != nil {
		return err
	}
	if len(groups) < 15 || len(resources) < 20 {
		return fmt.Errorf("%d groups, %d group versions", len(groups), len(resources))
	}
	// The same without the aggregated document, as older clients ask.
	config := rest.CopyConfig(w.config)
	legacy, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return err
	}
	legacy.UseLegacyDiscovery = true
	older, olderResources, err := legacy.ServerGroupsAndResources()
	if err != nil {
		return err
	}
	return first(
		same("groups of both kinds of discovery", len(older), len(groups)),
		same("group versions of both kinds of discovery", len(olderResources), len(resources)),
	)
}

func restMapper(_ context.Context, w *world) error {
	cached := memory.NewMemCacheClient(w.client.Discovery())
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	for short, want := range map[string]string{
		"po": "pods", "deploy": "deployments", "svc": "services", "no": "nodes", "cm": "configmaps", "sts": "statefulsets",
	} {
		found, err := mapper.ResourceFor(schema.GroupVersionResource{Resource: short})
		if err != nil {
			return err
		}
		if err := same("resource of "+short, found.Resource, want); err != nil {
			return err
		}
	}
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	if err != nil {
		return err
	}
	return same("scope", string(mapping.Scope.Name()), "namespace")
}

func dynamicClient(ctx context.Context, w *world) error {
	client, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	services := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "services"}).Namespace(w.ns)
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Service",
		"metadata": map[string]any{"name": "web"},
		"spec": map[string]any{
			"selector": map[string]any{"app": "web"},
			"ports":    []any{map[string]any{"port": int64(80), "targetPort": "http"}},
		},
	}}
	made, err := services.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	address, _, err := unstructured.NestedString(made.Object, "spec", "clusterIP")
	if err != nil || address == "" {
		return fmt.Errorf("clusterIP is %q (%v)", address, err)
	}
	list, err := services.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	if err := first(same("items", len(list.Items), 1), same("kind", list.Items[0].GetKind(), "Service")); err != nil {
		return err
	}
	return services.Delete(ctx, "web", metav1.DeleteOptions{})
}

func dynamicApply(ctx context.Context, w *world) error {
	client, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	applied, err := client.Resource(mapsResource).Namespace(w.ns).Apply(ctx, "cm", &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "cm", "labels": map[string]any{"by": "apply"}},
	}}, metav1.ApplyOptions{FieldManager: "dynamic"})
	if err != nil {
		return err
	}
	return same("label", applied.GetLabels()["by"], "apply")
}

// openAPI reads all documents, and what they say in protobuf as gnostic has it of the JSON.
func openAPI(_ context.Context, w *world) error {
	paths, err := w.client.Discovery().OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	if _, found := paths["apis/apps/v1"]; !found {
		return fmt.Errorf("no apis/apps/v1 among %d documents", len(paths))
	}
	for name, path := range paths {
		text, err := path.Schema("application/json")
		if err != nil {
			return err
		}
		binary, err := path.Schema(openapi.ContentTypeOpenAPIV3PB)
		if err != nil {
			return err
		}
		wanted, err := openapi_v3.ParseDocument(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		got := &openapi_v3.Document{}
		if err := proto.Unmarshal(binary, got); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, document := range []*openapi_v3.Document{wanted, got} {
			if err := readAgain(document.ProtoReflect()); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if !proto.Equal(wanted, got) {
			return fmt.Errorf("%s differs in protobuf", name)
		}
	}
	return nil
}

// readAgain writes what stands as YAML in a message as JSON, so that its spelling does not matter.
func readAgain(message protoreflect.Message) error {
	if value, is := message.Interface().(*openapi_v3.Any); is {
		text, err := yaml.YAMLToJSON([]byte(value.Yaml))
		value.Yaml = string(text)
		return err
	}
	var failed error
	each := func(value protoreflect.Value) {
		if err := readAgain(value.Message()); err != nil {
			failed = err
		}
	}
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Message() == nil:
		case field.IsList():
			for at := range value.List().Len() {
				each(value.List().Get(at))
			}
		default:
			each(value)
		}
		return failed == nil
	})
	return failed
}

// leaderElection lets one lead, then give up, and the other follow.
func leaderElection(ctx context.Context, w *world) error {
	elect := func(ctx context.Context, name string, leading chan<- string) {
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta:  metav1.ObjectMeta{Namespace: w.ns, Name: "lead"},
				Client:     w.client.CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: name},
			},
			LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 200 * time.Millisecond,
			ReleaseOnCancel: true,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leading <- name },
				OnStoppedLeading: func() {},
			},
		})
	}
	leading := make(chan string, 2)
	oneCtx, stopOne := context.WithCancel(ctx)
	defer stopOne()
	go elect(oneCtx, "one", leading)
	select {
	case name := <-leading:
		if err := same("first leader", name, "one"); err != nil {
			return err
		}
	case <-ctx.Done():
		return fmt.Errorf("nobody leads")
	}
	twoCtx, stopTwo := context.WithCancel(ctx)
	defer stopTwo()
	go elect(twoCtx, "two", leading)
	stopOne()
	select {
	case name := <-leading:
		return same("second leader", name, "two")
	case <-ctx.Done():
		return fmt.Errorf("nobody follows")
	}
}

// events records through both event APIs, and expects a repetition to be counted.
func events(ctx context.Context, w *world) error {
	object, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap("subject", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	old := record.NewBroadcaster()
	defer old.Shutdown()
	old.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: w.client.CoreV1().Events(w.ns)})
	recorder := old.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "checks"})
	for range 3 {
		recorder.Event(object, corev1.EventTypeWarning, "Again", "and again")
	}
	broadcaster := eventsv1client.NewBroadcaster(&eventsv1client.EventSinkImpl{Interface: w.client.EventsV1()})
	defer broadcaster.Shutdown()
	if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
		return err
	}
	broadcaster.NewRecorder(scheme.Scheme, "checks").Eventf(object, nil, corev1.EventTypeNormal, "New", "Testing", "of the new kind")
	return eventually(ctx, "both are recorded", func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Events(w.ns).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=subject"})
		if err != nil {
			return false, err
		}
		again, fresh := false, false
		for _, event := range list.Items {
			again = again || event.Reason == "Again" && event.Count == 3
			fresh = fresh || event.Reason == "New" && event.ReportingController == "checks"
		}
		return again && fresh, nil
	})
}

func serviceAccountToken(ctx context.Context, w *world) error {
	accounts := w.client.CoreV1().ServiceAccounts(w.ns)
	if _, err := accounts.Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}, metav1.CreateOptions{}); err != nil {
		return err
	}
	request, err := accounts.CreateToken(ctx, "robot", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	config := rest.AnonymousClientConfig(w.config)
	config.BearerToken = request.Status.Token
	robot, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	review, err := robot.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return same("name", review.Status.UserInfo.Username, "system:serviceaccount:"+w.ns+":robot")
}

func accessReview(ctx context.Context, w *world) error {
	for user, want := range map[string]bool{"system:kube-scheduler": true, "nobody": false} {
		review, err := w.client.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
			Spec: authorizationv1.SubjectAccessReviewSpec{
				User:               user,
				ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: w.ns, Verb: "list", Resource: "pods"},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		if err := same("access of "+user, review.Status.Allowed, want); err != nil {
			return err
		}
	}
	// The same by impersonation.
	config := rest.CopyConfig(w.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "nobody"}
	nobody, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	_, err = nobody.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{})
	if status, known := err.(interface{ Status() metav1.Status }); !known || status.Status().Code != http.StatusForbidden {
		return fmt.Errorf("pods for nobody: %v", err)
	}
	return nil
}

// deploymentRollsOut plays the node: it marks each pod as ready, so that the controllers go on.
func deploymentRollsOut(ctx context.Context, w *world) error {
	if _, err := w.client.AppsV1().Deployments(w.ns).Create(ctx, deployment("web", 3), metav1.CreateOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "three are available", func(ctx context.Context) (bool, error) {
		pods, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
		if err != nil {
			return false, err
		}
		for _, pod := range pods.Items {
			if pod.Status.Phase == corev1.PodRunning {
				continue
			}
			pod.Status.Phase = corev1.PodRunning
			pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{
				Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now(),
			})
			if _, err := w.client.CoreV1().Pods(w.ns).UpdateStatus(ctx, &pod, metav1.UpdateOptions{}); err != nil {
				// Somebody else wrote: the next round reads it anew.
				return false, nil
			}
		}
		web, err := w.client.AppsV1().Deployments(w.ns).Get(ctx, "web", metav1.GetOptions{})
		return err == nil && web.Status.AvailableReplicas == 3, err
	})
}
