package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// served are the checks of the server itself, and of who may do what by way of a node.
var served = []check{
	{"health-checks", healthChecks},
	{"flow-headers", flowHeaders},
	{"request-timeouts", requestTimeouts},
	{"serving-names", servingNames},
	{"watch-negotiated", watchNegotiated},
	{"watch-list", watchList},
	{"garbage-custom", garbageCustom},
	{"pod-generation", podGeneration},
	{"node-authorizer", nodeAuthorizer},
	{"impersonated-node", impersonatedNode},
}

// answerOf asks as the user of config, without a word of client-go's own.
func answerOf(ctx context.Context, config *rest.Config, path string) (*http.Response, string, error) {
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, config.Host+path, nil)
	if err != nil {
		return nil, "", err
	}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

func healthChecks(ctx context.Context, w *world) error {
	wanted := []string{
		"ping", "log", "etcd", "poststarthook/start-apiserver-admission-initializer", "poststarthook/generic-apiserver-start-informers", "poststarthook/start-apiextensions-informers",
		"poststarthook/start-apiextensions-controllers", "poststarthook/crd-informer-synced", "poststarthook/bootstrap-controller", "poststarthook/start-system-namespaces-controller",
		"poststarthook/scheduling/bootstrap-system-priority-classes", "poststarthook/start-cluster-authentication-info-controller", "poststarthook/start-kube-aggregator-informers",
		"poststarthook/apiservice-registration-controller", "poststarthook/apiservice-status-local-available-controller", "poststarthook/apiservice-status-remote-available-controller",
		"poststarthook/kube-apiserver-autoregistration", "autoregister-completion", "poststarthook/apiservice-openapi-controller", "poststarthook/apiservice-openapiv3-controller",
	}
	for path, more := range map[string][]string{"/healthz": nil, "/livez": nil, "/readyz": {"informer-sync", "shutdown"}} {
		answer, text, err := answerOf(ctx, w.config, path+"?verbose=1")
		if err != nil {
			return err
		}
		lines := strings.Split(text, "\n")
		for _, name := range slices.Concat(wanted, more) {
			if answer.StatusCode != http.StatusOK || !slices.Contains(lines, "[+]"+name+" ok") {
				return fmt.Errorf("%s (%d) tells nothing of %s: %s", path, answer.StatusCode, name, text)
			}
		}
	}
	return nil
}

// flowHeaders tell by which schema and level a request went.
func flowHeaders(ctx context.Context, w *world) error {
	levels, schemas := w.client.FlowcontrolV1().PriorityLevelConfigurations(), w.client.FlowcontrolV1().FlowSchemas()
	level, err := levels.Create(ctx, &flowcontrolv1.PriorityLevelConfiguration{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Spec: flowcontrolv1.PriorityLevelConfigurationSpec{
		Type: "Limited", Limited: &flowcontrolv1.LimitedPriorityLevelConfiguration{NominalConcurrencyShares: pointer[int32](1), LimitResponse: flowcontrolv1.LimitResponse{Type: "Reject"}},
	}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = levels.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	schema, err := schemas.Create(ctx, &flowcontrolv1.FlowSchema{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Spec: flowcontrolv1.FlowSchemaSpec{
		MatchingPrecedence: 1000, PriorityLevelConfiguration: flowcontrolv1.PriorityLevelConfigurationReference{Name: w.ns}, DistinguisherMethod: &flowcontrolv1.FlowDistinguisherMethod{Type: "ByUser"},
		Rules: []flowcontrolv1.PolicyRulesWithSubjects{{
			Subjects:         []flowcontrolv1.Subject{{Kind: "User", User: &flowcontrolv1.UserSubject{Name: "noxu-" + w.ns}}},
			NonResourceRules: []flowcontrolv1.NonResourcePolicyRule{{Verbs: []string{"*"}, NonResourceURLs: []string{"*"}}},
		}},
	}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = schemas.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	if err := eventually(ctx, "the schema is not left dangling", func(ctx context.Context) (bool, error) {
		got, err := schemas.Get(ctx, w.ns, metav1.GetOptions{})
		return err == nil && len(got.Status.Conditions) == 1 && got.Status.Conditions[0].Type == "Dangling" && got.Status.Conditions[0].Status == "False", err
	}); err != nil {
		return err
	}
	by := func(user string) (string, string, error) {
		config := rest.CopyConfig(w.config)
		config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: []string{"system:authenticated"}}
		answer, text, err := answerOf(ctx, config, "/version")
		if err != nil || answer.StatusCode != http.StatusOK {
			return "", "", fmt.Errorf("/version: %s (%v)", text, err)
		}
		return answer.Header.Get(flowcontrolv1.ResponseHeaderMatchedFlowSchemaUID), answer.Header.Get(flowcontrolv1.ResponseHeaderMatchedPriorityLevelConfigurationUID), nil
	}
	if err := eventually(ctx, "the schema is followed", func(context.Context) (bool, error) {
		bySchema, byLevel, err := by("noxu-" + w.ns)
		return bySchema == string(schema.UID) && byLevel == string(level.UID), err
	}); err != nil {
		return err
	}
	bySchema, byLevel, err := by("foo")
	return first(err, same("schema of another", bySchema != "" && bySchema != string(schema.UID), true), same("level of another", byLevel != "" && byLevel != string(level.UID), true))
}

func requestTimeouts(ctx context.Context, w *world) error {
	for timeout, want := range map[string]string{"invalid": "400 invalid timeout specified in the request URL", "3m": "200", "0s": "200"} {
		answer, text, err := answerOf(ctx, w.config, "/version?timeout="+timeout)
		if err != nil {
			return err
		}
		if got := fmt.Sprint(answer.StatusCode, " ", text); !strings.HasPrefix(got, want[:3]) || !strings.Contains(got, strings.TrimSpace(want[3:])) {
			return fmt.Errorf("timeout %s: %s, want %s", timeout, got, want)
		}
	}
	return nil
}

func servingNames(_ context.Context, w *world) error {
	at, err := url.Parse(w.config.Host)
	if err != nil {
		return err
	}
	connection, err := tls.Dial("tcp", at.Host, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer connection.Close()
	names := connection.ConnectionState().PeerCertificates[0].DNSNames
	for _, name := range []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"} {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%s is not among %v", name, names)
		}
	}
	return nil
}

// watchNegotiated follows one object in each of the forms that clients of Go ask for.
func watchNegotiated(ctx context.Context, w *world) error {
	for _, accept := range []string{"application/json", "application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf,application/json", "application/json,application/vnd.kubernetes.protobuf"} {
		maps := w.client.CoreV1().ConfigMaps(w.ns)
		before, err := maps.List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		name := "m" + strings.NewReplacer("/", "-", ",", "-").Replace(accept)
		if err := create(ctx, maps, configMap(name, nil)); err != nil {
			return err
		}
		config := rest.CopyConfig(w.config)
		config.AcceptContentTypes = accept
		client, err := kubernetes.NewForConfig(config)
		if err != nil {
			return err
		}
		// The watch is from before the object was made.
		watcher, err := client.CoreV1().ConfigMaps(w.ns).Watch(ctx, metav1.ListOptions{ResourceVersion: before.ResourceVersion, FieldSelector: "metadata.name=" + name})
		if err != nil {
			return err
		}
		event, err := next(ctx, watcher)
		watcher.Stop()
		if err := first(err, same("event of "+accept, event.Type, watch.Added)); err != nil {
			return err
		}
		// One from long ago is told that it is too late, or what there is.
		watcher, err = client.CoreV1().ConfigMaps(w.ns).Watch(ctx, metav1.ListOptions{ResourceVersion: "1", FieldSelector: "metadata.name=" + name})
		if err != nil {
			return err
		}
		event, err = next(ctx, watcher)
		watcher.Stop()
		if err != nil {
			return err
		}
		if event.Type == watch.Error {
			if late := apierrors.FromObject(event.Object); !apierrors.IsResourceExpired(late) {
				return fmt.Errorf("%s: %w", accept, late)
			}
		} else if event.Type != watch.Added {
			return fmt.Errorf("%s: %s", accept, event.Type)
		}
	}
	return nil
}

// watchList reads the objects as a stream, which a bookmark ends.
func watchList(ctx context.Context, w *world) error {
	secrets := w.client.CoreV1().Secrets(w.ns)
	for _, name := range []string{"a", "b", "c"} {
		if err := create(ctx, secrets, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"in": fmt.Sprint(name != "c")}}}); err != nil {
			return err
		}
	}
	watcher, err := secrets.Watch(ctx, metav1.ListOptions{SendInitialEvents: pointer(true), ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true, LabelSelector: "in=true"})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	for _, want := range []string{"ADDED a", "ADDED b", "BOOKMARK ", "ADDED d"} {
		event, err := next(ctx, watcher)
		if err != nil {
			return err
		}
		secret, right := event.Object.(*corev1.Secret)
		if !right || string(event.Type)+" "+secret.Name != want {
			return fmt.Errorf("the event is %s, want %s", brief(event), want)
		}
		if event.Type == watch.Bookmark {
			if err := same("end of the list", secret.Annotations[metav1.InitialEventsAnnotationKey], "true"); err != nil {
				return err
			}
			if err := create(ctx, secrets, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "d", Labels: map[string]string{"in": "true"}}}); err != nil {
				return err
			}
		}
	}
	_, err = secrets.Watch(ctx, metav1.ListOptions{SendInitialEvents: pointer(true)})
	return refused("a stream without the match", err, "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
}

// garbageCustom: custom objects own others, and are owned.
func garbageCustom(ctx context.Context, w *world) error {
	d := definition{group: w.ns + ".example.com", plural: "owners", kind: "Owner", scope: "Cluster", versions: []map[string]any{version("v1", anything, nil)}}
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	gone := func(name string, want bool) error {
		return eventually(ctx, fmt.Sprintf("%s is gone: %t", name, want), func(ctx context.Context) (bool, error) {
			got, err := client.Get(ctx, name, metav1.GetOptions{})
			if want {
				return absent(err), nil
			}
			return err == nil && len(got.GetOwnerReferences()) == 0, nil
		})
	}
	for _, policy := range []metav1.DeletionPropagation{metav1.DeletePropagationBackground, metav1.DeletePropagationForeground, metav1.DeletePropagationOrphan} {
		name := strings.ToLower(string(policy))
		owner, err := client.Create(ctx, sample(d, name, nil), metav1.CreateOptions{})
		if err != nil {
			return err
		}
		child := sample(d, name+"-child", nil)
		child.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: d.group + "/v1", Kind: d.kind, Name: name, UID: owner.GetUID(), BlockOwnerDeletion: pointer(true)}})
		if _, err := client.Create(ctx, child, metav1.CreateOptions{}); err != nil {
			return err
		}
		if err := client.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy}); err != nil {
			return err
		}
		if err := first(gone(name, true), gone(name+"-child", policy != metav1.DeletePropagationOrphan)); err != nil {
			return err
		}
	}
	return nil
}

// podGeneration counts what changes the spec, and nothing else.
func podGeneration(ctx context.Context, w *world) error {
	pods := w.client.CoreV1().Pods(w.ns)
	pod := idlePod("p", nil)
	pod.Generation = 100
	pod.Spec.TerminationGracePeriodSeconds = pointer[int64](-1)
	pod.Spec.InitContainers = []corev1.Container{{Name: "init", Image: "i"}}
	if err := admitted(ctx, w); err != nil {
		return err
	}
	made, err := pods.Create(ctx, pod, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := first(same("generation", made.Generation, 1), same("grace period below nothing", *made.Spec.TerminationGracePeriodSeconds, 1)); err != nil {
		return err
	}
	want := int64(1)
	for i, change := range []func(*corev1.Pod) int64{
		func(*corev1.Pod) int64 { return 0 },
		func(pod *corev1.Pod) int64 {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Key: "foo", Operator: "Equal", Value: "bar", Effect: "NoSchedule"})
			return 1
		},
		func(pod *corev1.Pod) int64 { pod.Spec.ActiveDeadlineSeconds = pointer[int64](5000); return 1 },
		func(pod *corev1.Pod) int64 { pod.Spec.Containers[0].Image = "other"; return 1 },
		func(pod *corev1.Pod) int64 { pod.Spec.InitContainers[0].Image = "other"; return 1 },
		func(pod *corev1.Pod) int64 { pod.Annotations = map[string]string{"k": "v"}; return 0 },
		func(pod *corev1.Pod) int64 { pod.Generation = 1; return 0 },
		func(pod *corev1.Pod) int64 { pod.Spec.TerminationGracePeriodSeconds = pointer[int64](-1); return 0 },
	} {
		var got *corev1.Pod
		if err := eventually(ctx, fmt.Sprintf("change %d is written", i), func(ctx context.Context) (bool, error) {
			there, err := pods.Get(ctx, "p", metav1.GetOptions{})
			if err != nil {
				return false, err
			}
			more := change(there)
			if got, err = pods.Update(ctx, there, metav1.UpdateOptions{}); apierrors.IsConflict(err) {
				return false, nil
			}
			want += more
			return err == nil, err
		}); err != nil {
			return err
		}
		if err := same(fmt.Sprintf("generation after change %d", i), got.Generation, want); err != nil {
			return err
		}
	}
	return nil
}

// asNode asks as a node; who it is needs no node.
func asNode(w *world, node string) (*kubernetes.Clientset, error) {
	config := rest.CopyConfig(w.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "system:node:" + node, Groups: []string{"system:nodes", "system:authenticated"}}
	return kubernetes.NewForConfig(config)
}

func nodeAuthorizer(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	node, err := asNode(w, w.ns)
	if err != nil {
		return err
	}
	forbidden := func(what string, err error) error {
		if !apierrors.IsForbidden(err) {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}}
	if err := first(admitted(ctx, w), create(ctx, w.client.CoreV1().Secrets(w.ns), secret)); err != nil {
		return err
	}
	for _, name := range []string{"s", "none"} {
		_, err := node.CoreV1().Secrets(w.ns).Get(ctx, name, metav1.GetOptions{})
		if err := forbidden("secret "+name, err); err != nil {
			return err
		}
	}
	pod := bound(w, "p", func(spec *corev1.PodSpec) {
		spec.NodeName = w.ns
		spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s"}}}}
	})
	if err := create(ctx, w.client.CoreV1().Pods(w.ns), pod); err != nil {
		return err
	}
	if err := eventually(ctx, "the node reads its secret", func(ctx context.Context) (bool, error) {
		_, err := node.CoreV1().Secrets(w.ns).Get(ctx, "s", metav1.GetOptions{})
		return err == nil, nil
	}); err != nil {
		return err
	}
	_, listed := node.CoreV1().Secrets(w.ns).List(ctx, metav1.ListOptions{})
	return first(forbidden("all secrets", listed), forbidden("a deletion", node.CoreV1().Nodes().Delete(ctx, "foo-"+w.ns, metav1.DeleteOptions{})))
}

// impersonatedNode: who runs on a node may act as it, if it may.
func impersonatedNode(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	if err := first(admitted(ctx, w), place(ctx, w, bound(w, "p", nil), w.ns, "")); err != nil {
		return err
	}
	pod, err := w.client.CoreV1().Pods(w.ns).Get(ctx, "p", metav1.GetOptions{})
	if err != nil {
		return err
	}
	token, err := w.client.CoreV1().ServiceAccounts(w.ns).CreateToken(ctx, "default", &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		BoundObjectRef: &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: "p", UID: pod.UID},
	}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	config := rest.AnonymousClientConfig(w.config)
	config.BearerToken = token.Status.Token
	account, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	who, err := account.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := same("node of the token", fmt.Sprint(who.Status.UserInfo.Extra["authentication.kubernetes.io/node-name"]), "["+w.ns+"]"); err != nil {
		return err
	}
	config = rest.CopyConfig(config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "system:node:" + w.ns}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	own := metav1.ListOptions{FieldSelector: "spec.nodeName=" + w.ns}
	list := func(ctx context.Context) error {
		_, err := client.CoreV1().Pods(w.ns).List(ctx, own)
		return err
	}
	if err := list(ctx); !apierrors.IsForbidden(err) {
		return fmt.Errorf("before it may: %w", err)
	}
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Rules: []rbacv1.PolicyRule{
		{Verbs: []string{"impersonate:associated-node"}, APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"nodes"}},
		{Verbs: []string{"impersonate-on:associated-node:list"}, APIGroups: []string{""}, Resources: []string{"pods"}},
	}}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, RoleRef: rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: w.ns}, Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: "default", Namespace: w.ns}}}
	if err := first(create(ctx, w.client.RbacV1().ClusterRoles(), role), create(ctx, w.client.RbacV1().ClusterRoleBindings(), binding)); err != nil {
		return err
	}
	defer func() {
		_ = w.client.RbacV1().ClusterRoles().Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{})
		_ = w.client.RbacV1().ClusterRoleBindings().Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{})
	}()
	if err := eventually(ctx, "it lists as its node", func(ctx context.Context) (bool, error) {
		err := list(ctx)
		if apierrors.IsForbidden(err) {
			return false, nil
		}
		return err == nil, err
	}); err != nil {
		return fmt.Errorf("%w: %w", err, list(context.WithoutCancel(ctx)))
	}
	_, err = client.CoreV1().Pods(w.ns).Watch(ctx, own)
	if !apierrors.IsForbidden(err) {
		return fmt.Errorf("a watch as the node: %w", err)
	}
	return nil
}
