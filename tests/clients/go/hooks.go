package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// hooks are the checks of webhooks: this program is their server.
var hooks = []check{
	{"webhook-denies", webhookDenies},
	{"webhook-mutates", webhookMutates},
	{"webhook-custom-resources", webhookCustom},
	{"webhook-fails-closed", webhookFailsClosed},
	{"webhook-timeout", webhookTimeout},
	{"webhook-collections", webhookCollections},
	{"webhook-match-conditions", webhookMatchConditions},
	{"webhook-spares-webhooks", webhookSparesWebhooks},
	{"webhook-converts", webhookConverts},
}

// A hookServer answers admission and conversion reviews on a port of its own.
type hookServer struct {
	url    string
	bundle []byte
	stop   func()
}

func serveHooks() (*hookServer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hooks"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	signed, err := x509.CreateCertificate(rand.Reader, leaf, authority, &own.PublicKey, key)
	if err != nil {
		return nil, err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{signed}, PrivateKey: own}}, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for path, answer := range map[string]func(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse{
		"/deny": denyUnwanted, "/deny-all": denyAll, "/add-1": addAfter("mutation-start", "mutation-stage-1"), "/add-2": addAfter("mutation-stage-1", "mutation-stage-2"),
		"/init-container": addInitContainer, "/slow": slow, "/label": addLabel,
	} {
		mux.HandleFunc(path, func(out http.ResponseWriter, in *http.Request) {
			var review admissionv1.AdmissionReview
			if json.NewDecoder(in.Body).Decode(&review) != nil || review.Request == nil {
				http.Error(out, "no review", http.StatusBadRequest)
				return
			}
			review.Response = answer(review.Request)
			review.Response.UID = review.Request.UID
			review.Request = nil
			out.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(out).Encode(review)
		})
	}
	mux.HandleFunc("/convert", convert)
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(listener) }()
	return &hookServer{
		url:    "https://" + listener.Addr().String(),
		bundle: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}),
		stop:   func() { _ = server.Close() },
	}, nil
}

func denied(why string) *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{Allowed: false, Result: &metav1.Status{Message: why}}
}

func denyAll(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	return denied("nothing is admitted")
}

// denyUnwanted denies what says that it is unwanted, attaching to pods, and deletion while held.
func denyUnwanted(request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	raw := request.Object.Raw
	if request.Operation == admissionv1.Delete {
		raw = request.OldObject.Raw
	}
	switch {
	case request.Operation == admissionv1.Connect:
		return denied("attaching to pod 'to-be-attached-pod' is not allowed")
	case request.Operation != admissionv1.Delete && bytes.Contains(raw, []byte("webhook-disallow")):
		return denied("the object contains unwanted data")
	case request.Operation == admissionv1.Delete && bytes.Contains(raw, []byte("webhook-nondeletable")):
		return denied("the object cannot be deleted")
	}
	return &admissionv1.AdmissionResponse{Allowed: true}
}

func patched(patch string) *admissionv1.AdmissionResponse {
	kind := admissionv1.PatchTypeJSONPatch
	return &admissionv1.AdmissionResponse{Allowed: true, Patch: []byte(patch), PatchType: &kind}
}

func addAfter(has, add string) func(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	return func(request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
		var object struct{ Data map[string]string }
		if json.Unmarshal(request.Object.Raw, &object) != nil || object.Data[has] != "yes" {
			return &admissionv1.AdmissionResponse{Allowed: true}
		}
		return patched(`[{"op":"add","path":"/data/` + add + `","value":"yes"}]`)
	}
}

func addInitContainer(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	return patched(`[{"op":"add","path":"/spec/initContainers","value":[{"image":"webhook-added-image","name":"webhook-added-init-container","resources":{}}]}]`)
}

func addLabel(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	return patched(`[{"op":"add","path":"/metadata/labels","value":{"mutated":"yes"}}]`)
}

func slow(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	// Longer than the shortest time limit that a webhook can have.
	time.Sleep(1500 * time.Millisecond)
	return &admissionv1.AdmissionResponse{Allowed: true}
}

// A hook is one webhook of a configuration for the check's own namespace.
type hook struct {
	path, group, resource string
	operations            []admissionregistrationv1.OperationType
	timeout               int32
	policy                admissionregistrationv1.FailurePolicyType
	conditions            []admissionregistrationv1.MatchCondition
	broken, everywhere    bool
}

func (h hook) fields(w *world, server *hookServer) (admissionregistrationv1.WebhookClientConfig, []admissionregistrationv1.RuleWithOperations, *metav1.LabelSelector, *admissionregistrationv1.FailurePolicyType, *int32) {
	url := server.url + h.path
	config := admissionregistrationv1.WebhookClientConfig{URL: &url, CABundle: server.bundle}
	if h.broken {
		config.CABundle = nil
	}
	if h.operations == nil {
		h.operations = []admissionregistrationv1.OperationType{"CREATE", "UPDATE"}
	}
	if h.policy == "" {
		h.policy = admissionregistrationv1.Fail
	}
	if h.timeout == 0 {
		h.timeout = 10
	}
	rules := []admissionregistrationv1.RuleWithOperations{{
		Operations: h.operations,
		Rule:       admissionregistrationv1.Rule{APIGroups: []string{h.group}, APIVersions: []string{"*"}, Resources: []string{h.resource}},
	}}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": w.ns}}
	if h.everywhere {
		selector = nil
	}
	return config, rules, selector, &h.policy, &h.timeout
}

func (h hook) validating(w *world, server *hookServer, name string) admissionregistrationv1.ValidatingWebhook {
	none := admissionregistrationv1.SideEffectClassNone
	out := admissionregistrationv1.ValidatingWebhook{Name: name + ".example.com", SideEffects: &none, AdmissionReviewVersions: []string{"v1"}, MatchConditions: h.conditions}
	out.ClientConfig, out.Rules, out.NamespaceSelector, out.FailurePolicy, out.TimeoutSeconds = h.fields(w, server)
	return out
}

func (h hook) mutating(w *world, server *hookServer, name string) admissionregistrationv1.MutatingWebhook {
	none := admissionregistrationv1.SideEffectClassNone
	out := admissionregistrationv1.MutatingWebhook{Name: name + ".example.com", SideEffects: &none, AdmissionReviewVersions: []string{"v1"}, MatchConditions: h.conditions}
	out.ClientConfig, out.Rules, out.NamespaceSelector, out.FailurePolicy, out.TimeoutSeconds = h.fields(w, server)
	return out
}

func validateBy(ctx context.Context, w *world, server *hookServer, name string, hooks ...hook) (func(), error) {
	configuration := &admissionregistrationv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: w.ns + name, Labels: map[string]string{"hooks": w.ns}}}
	for i, hook := range hooks {
		configuration.Webhooks = append(configuration.Webhooks, hook.validating(w, server, fmt.Sprintf("hook-%d", i)))
	}
	client := w.client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	_, err := client.Create(ctx, configuration, metav1.CreateOptions{})
	return func() { _ = client.Delete(context.WithoutCancel(ctx), configuration.Name, metav1.DeleteOptions{}) }, err
}

func mutateBy(ctx context.Context, w *world, server *hookServer, name string, hooks ...hook) (func(), error) {
	configuration := &admissionregistrationv1.MutatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: w.ns + name, Labels: map[string]string{"hooks": w.ns}}}
	for i, hook := range hooks {
		configuration.Webhooks = append(configuration.Webhooks, hook.mutating(w, server, fmt.Sprintf("hook-%d", i)))
	}
	client := w.client.AdmissionregistrationV1().MutatingWebhookConfigurations()
	_, err := client.Create(ctx, configuration, metav1.CreateOptions{})
	return func() { _ = client.Delete(context.WithoutCancel(ctx), configuration.Name, metav1.DeleteOptions{}) }, err
}

// heeded waits until a webhook that refuses the object is asked.
func heeded(ctx context.Context, w *world, object *corev1.ConfigMap, words string) error {
	last := error(nil)
	err := eventually(ctx, "the webhook is asked", func(ctx context.Context) (bool, error) {
		_, last = w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, object, metav1.CreateOptions{DryRun: []string{"All"}})
		return last != nil && strings.Contains(last.Error(), words), nil
	})
	if err != nil {
		return fmt.Errorf("%w; last %v", err, last)
	}
	return nil
}

func webhookDenies(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	if err := admitted(ctx, w); err != nil {
		return err
	}
	done, err := validateBy(ctx, w, server, "", hook{path: "/deny", resource: "*"},
		hook{path: "/deny", resource: "pods/attach", operations: []admissionregistrationv1.OperationType{"CONNECT"}},
		hook{path: "/deny", resource: "configmaps", operations: []admissionregistrationv1.OperationType{"DELETE"}})
	if err != nil {
		return err
	}
	defer done()
	maps, pods := w.client.CoreV1().ConfigMaps(w.ns), w.client.CoreV1().Pods(w.ns)
	unwanted := configMap("bad", map[string]string{"webhook-e2e-test": "webhook-disallow"})
	if err := heeded(ctx, w, unwanted, `admission webhook "hook-0.example.com" denied the request: the object contains unwanted data`); err != nil {
		return err
	}
	good := configMap("good", map[string]string{"a": "1"})
	good.Finalizers = nil
	if err := create(ctx, maps, good); err != nil {
		return err
	}
	_, err = maps.Update(ctx, configMap("good", unwanted.Data), metav1.UpdateOptions{})
	if err := refused("an update", err, "denied"); err != nil {
		return err
	}
	_, err = maps.Patch(ctx, "good", types.StrategicMergePatchType, []byte(`{"data":{"webhook-e2e-test":"webhook-disallow"}}`), metav1.PatchOptions{})
	if err := refused("a patch", err, "denied"); err != nil {
		return err
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "to-be-attached-pod"}, Spec: corev1.PodSpec{NodeSelector: map[string]string{"no": "node"}, Containers: []corev1.Container{{Name: "container1", Image: "i"}}}}
	bad := pod.DeepCopy()
	bad.Spec.Containers[0].Name = "webhook-disallow"
	if err := refused("a pod", create(ctx, pods, bad), "denied"); err != nil {
		return err
	}
	if err := create(ctx, pods, pod); err != nil {
		return err
	}
	err = w.client.CoreV1().RESTClient().Post().Namespace(w.ns).Resource("pods").Name(pod.Name).SubResource("attach").Param("stdin", "true").Do(ctx).Error()
	if err := refused("attaching", err, "attaching to pod 'to-be-attached-pod' is not allowed"); err != nil {
		return err
	}
	if err := create(ctx, maps, configMap("held", map[string]string{"x": "webhook-nondeletable"})); err != nil {
		return err
	}
	return refused("a deletion", maps.Delete(ctx, "held", metav1.DeleteOptions{}), "denied the request: the object cannot be deleted")
}

func webhookMutates(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	if err := admitted(ctx, w); err != nil {
		return err
	}
	done, err := mutateBy(ctx, w, server, "", hook{path: "/add-1", resource: "configmaps"}, hook{path: "/add-2", resource: "configmaps"}, hook{path: "/init-container", resource: "pods", operations: []admissionregistrationv1.OperationType{"CREATE"}})
	if err != nil {
		return err
	}
	defer done()
	if err := eventually(ctx, "both webhooks mutate", func(ctx context.Context) (bool, error) {
		made, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap("m", map[string]string{"mutation-start": "yes"}), metav1.CreateOptions{DryRun: []string{"All"}})
		return err == nil && len(made.Data) == 3, err
	}); err != nil {
		return err
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p"}, Spec: corev1.PodSpec{NodeSelector: map[string]string{"no": "node"}, Containers: []corev1.Container{{Name: "c", Image: "i"}}}}
	made, err := w.client.CoreV1().Pods(w.ns).Create(ctx, pod, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := same("init containers", len(made.Spec.InitContainers), 1); err != nil {
		return err
	}
	if err := same("termination message policy", made.Spec.InitContainers[0].TerminationMessagePolicy, corev1.TerminationMessageReadFile); err != nil {
		return err
	}
	// Without the operation it is asked no more, with it again.
	client := w.client.AdmissionregistrationV1().MutatingWebhookConfigurations()
	for _, step := range []struct {
		operations string
		want       int
	}{{`["UPDATE"]`, 1}, {`["CREATE"]`, 2}} {
		if _, err := client.Patch(ctx, w.ns, types.JSONPatchType, []byte(`[{"op":"replace","path":"/webhooks/0/rules/0/operations","value":`+step.operations+`},{"op":"replace","path":"/webhooks/1/rules/0/operations","value":["UPDATE"]}]`), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := eventually(ctx, "the operations hold", func(ctx context.Context) (bool, error) {
			made, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap("m", map[string]string{"mutation-start": "yes"}), metav1.CreateOptions{DryRun: []string{"All"}})
			return err == nil && len(made.Data) == step.want, err
		}); err != nil {
			return err
		}
	}
	return nil
}

// webhookCustom mutates, prunes and denies custom resources, whatever version is stored.
func webhookCustom(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	const pruning = `{type: object, properties: {data: {type: object, properties: {mutation-start: {type: string}, mutation-stage-1: {type: string}, other: {type: string}, stop: {type: string}}}}}`
	d := definition{group: w.ns + ".example.com", plural: "hooked", kind: "Hooked", versions: []map[string]any{version("v1", pruning, nil), version("v2", pruning, nil)}}
	client, done, err := define(ctx, w, d)
	if err != nil {
		return err
	}
	defer done()
	mutated, err := mutateBy(ctx, w, server, "", hook{path: "/add-1", group: d.group, resource: "hooked"}, hook{path: "/add-2", group: d.group, resource: "hooked"})
	if err != nil {
		return err
	}
	defer mutated()
	space := client.Namespace(w.ns)
	object := sample(d, "one", map[string]any{"data": map[string]any{"mutation-start": "yes"}})
	if err := eventually(ctx, "the object is mutated and pruned", func(ctx context.Context) (bool, error) {
		made, err := space.Create(ctx, object, metav1.CreateOptions{DryRun: []string{"All"}})
		if err == nil {
		}
		return err == nil && missing(map[string]any{"mutation-start": "yes", "mutation-stage-1": "yes"}, made.Object["data"], "") == "" && len(made.Object["data"].(map[string]any)) == 2, err
	}); err != nil {
		return err
	}
	if _, err := space.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	definitions, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	if _, err := definitions.Resource(definitionsResource).Patch(ctx, d.plural+"."+d.group, types.JSONPatchType, []byte(`[{"op":"replace","path":"/spec/versions/0/storage","value":false},{"op":"replace","path":"/spec/versions/1/storage","value":true}]`), metav1.PatchOptions{}); err != nil {
		return err
	}
	changed, err := space.Patch(ctx, "one", types.MergePatchType, []byte(`{"data":{"other":"test"}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if wrong := missing(map[string]any{"mutation-start": "yes", "mutation-stage-1": "yes", "other": "test"}, changed.Object["data"], "data"); wrong != "" {
		return fmt.Errorf("after a patch %s", wrong)
	}
	all := []admissionregistrationv1.OperationType{"CREATE", "UPDATE", "DELETE"}
	free, err := validateBy(ctx, w, server, "", hook{path: "/deny", group: d.group, resource: "hooked", operations: all})
	if err != nil {
		return err
	}
	defer free()
	return eventually(ctx, "the webhook denies", func(ctx context.Context) (bool, error) {
		_, err := space.Patch(ctx, "one", types.MergePatchType, []byte(`{"data":{"stop":"webhook-disallow"}}`), metav1.PatchOptions{DryRun: []string{"All"}})
		return err != nil && strings.Contains(err.Error(), "denied the request: the object contains unwanted data"), nil
	})
}

func webhookFailsClosed(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	done, err := validateBy(ctx, w, server, "", hook{path: "/deny", resource: "configmaps", broken: true})
	if err != nil {
		return err
	}
	defer done()
	return heeded(ctx, w, configMap("foo", nil), `Internal error occurred: failed calling webhook "hook-0.example.com"`)
}

func webhookTimeout(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	for _, row := range []struct {
		name    string
		timeout int32
		policy  admissionregistrationv1.FailurePolicyType
		refusal string
	}{{"a", 1, "Fail", "context deadline exceeded"}, {"b", 1, "Ignore", ""}, {"c", 10, "Fail", ""}} {
		done, err := validateBy(ctx, w, server, row.name, hook{path: "/slow", resource: "configmaps", timeout: row.timeout, policy: row.policy})
		if err != nil {
			return err
		}
		if row.refusal != "" {
			err = heeded(ctx, w, configMap("slow", nil), row.refusal)
		} else {
			err = eventually(ctx, "the call is waited for", func(ctx context.Context) (bool, error) {
				began := time.Now()
				_, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap("slow", nil), metav1.CreateOptions{DryRun: []string{"All"}})
				return time.Since(began) > 900*time.Millisecond, err
			})
		}
		done()
		if err != nil {
			return fmt.Errorf("%d s, %s: %w", row.timeout, row.policy, err)
		}
	}
	return nil
}

// webhookCollections lists and deletes configurations by label: then they hold no more.
func webhookCollections(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	options := metav1.ListOptions{LabelSelector: "hooks=" + w.ns}
	unwanted := configMap("bad", map[string]string{"webhook-e2e-test": "webhook-disallow"})
	for i := range 10 {
		if _, err := validateBy(ctx, w, server, fmt.Sprintf("-%d", i), hook{path: "/deny", resource: "configmaps"}); err != nil {
			return err
		}
		if _, err := mutateBy(ctx, w, server, fmt.Sprintf("-%d", i), hook{path: "/label", resource: "configmaps"}); err != nil {
			return err
		}
	}
	validating, mutating := w.client.AdmissionregistrationV1().ValidatingWebhookConfigurations(), w.client.AdmissionregistrationV1().MutatingWebhookConfigurations()
	one, err := validating.List(ctx, options)
	if err != nil {
		return err
	}
	other, err := mutating.List(ctx, options)
	if err != nil {
		return err
	}
	if err := first(same("validating", len(one.Items), 10), same("mutating", len(other.Items), 10), heeded(ctx, w, unwanted, "denied")); err != nil {
		return err
	}
	if err := first(validating.DeleteCollection(ctx, metav1.DeleteOptions{}, options), mutating.DeleteCollection(ctx, metav1.DeleteOptions{}, options)); err != nil {
		return err
	}
	return eventually(ctx, "no webhook holds", func(ctx context.Context) (bool, error) {
		made, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, unwanted, metav1.CreateOptions{DryRun: []string{"All"}})
		return err == nil && made.Labels["mutated"] == "", nil
	})
}

func webhookMatchConditions(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	skip := []admissionregistrationv1.MatchCondition{{Name: "skip-me", Expression: "object.metadata.name != 'skip-me'"}}
	for _, make := range []func(hook) (func(), error){
		func(h hook) (func(), error) { return validateBy(ctx, w, server, "", h) },
		func(h hook) (func(), error) { return mutateBy(ctx, w, server, "", h) },
	} {
		_, err := make(hook{path: "/label", resource: "configmaps", conditions: []admissionregistrationv1.MatchCondition{{Name: "invalid", Expression: "... [] bad expression"}}})
		if err := refused("a bad match condition", err, "compilation failed"); err != nil {
			return err
		}
	}
	done, err := mutateBy(ctx, w, server, "", hook{path: "/label", resource: "configmaps", conditions: skip})
	if err != nil {
		return err
	}
	defer done()
	got, err := w.client.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(ctx, w.ns, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := same("condition", got.Webhooks[0].MatchConditions[0], skip[0]); err != nil {
		return err
	}
	for name, want := range map[string]string{"other": "yes", "skip-me": ""} {
		if err := eventually(ctx, name+" is mutated as it is to be", func(ctx context.Context) (bool, error) {
			made, err := w.client.CoreV1().ConfigMaps(w.ns).Create(ctx, configMap(name, nil), metav1.CreateOptions{DryRun: []string{"All"}})
			return err == nil && made.Labels["mutated"] == want, err
		}); err != nil {
			return err
		}
	}
	return nil
}

// webhookSparesWebhooks: no webhook is asked about configurations of webhooks.
func webhookSparesWebhooks(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	all := []admissionregistrationv1.OperationType{"CREATE", "UPDATE", "DELETE"}
	own := []admissionregistrationv1.MatchCondition{{Name: "own", Expression: "request.name.startsWith('" + w.ns + "-dummy')"}}
	denies := hook{path: "/deny-all", group: "admissionregistration.k8s.io", resource: "*", operations: all, everywhere: true, conditions: own}
	labels := denies
	labels.path = "/label"
	watchdog := hook{path: "/deny", resource: "configmaps"}
	done, err := validateBy(ctx, w, server, "", denies, watchdog)
	if err != nil {
		return err
	}
	defer done()
	mutated, err := mutateBy(ctx, w, server, "", labels)
	if err != nil {
		return err
	}
	defer mutated()
	// Once its neighbour is asked, so would this one be.
	if err := heeded(ctx, w, configMap("bad", map[string]string{"webhook-e2e-test": "webhook-disallow"}), "denied"); err != nil {
		return err
	}
	if _, err := validateBy(ctx, w, server, "-dummy", watchdog); err != nil {
		return err
	}
	client := w.client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	got, err := client.Get(ctx, w.ns+"-dummy", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return first(same("label", got.Labels["mutated"], ""), client.Delete(ctx, w.ns+"-dummy", metav1.DeleteOptions{}))
}

// convert splits hostPort of v1 into host and port of v2, and back.
func convert(out http.ResponseWriter, in *http.Request) {
	var review struct {
		metav1.TypeMeta
		Request struct {
			UID               types.UID                   `json:"uid"`
			DesiredAPIVersion string                      `json:"desiredAPIVersion"`
			Objects           []unstructured.Unstructured `json:"objects"`
		} `json:"request"`
	}
	if json.NewDecoder(in.Body).Decode(&review) != nil {
		http.Error(out, "no review", http.StatusBadRequest)
		return
	}
	var converted []any
	for _, object := range review.Request.Objects {
		if strings.HasSuffix(review.Request.DesiredAPIVersion, "/v2") {
			host, port, _ := strings.Cut(fmt.Sprint(object.Object["hostPort"]), ":")
			delete(object.Object, "hostPort")
			object.Object["host"], object.Object["port"] = host, port
		} else {
			object.Object["hostPort"] = fmt.Sprint(object.Object["host"], ":", object.Object["port"])
			delete(object.Object, "host")
			delete(object.Object, "port")
		}
		object.SetAPIVersion(review.Request.DesiredAPIVersion)
		converted = append(converted, object.Object)
	}
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(map[string]any{"apiVersion": review.APIVersion, "kind": review.Kind, "response": map[string]any{
		"uid": review.Request.UID, "convertedObjects": converted, "result": map[string]any{"status": "Success"},
	}})
}

// webhookConverts reads objects stored in two versions at either.
func webhookConverts(ctx context.Context, w *world) error {
	server, err := serveHooks()
	if err != nil {
		return err
	}
	defer server.stop()
	d := definition{group: w.ns + ".example.com", plural: "converts", kind: "Convert", versions: []map[string]any{
		version("v1", `{type: object, properties: {hostPort: {type: string}}}`, nil), version("v2", `{type: object, properties: {host: {type: string}, port: {type: string}}}`, nil),
	}}
	client, err := dynamic.NewForConfig(w.config)
	if err != nil {
		return err
	}
	definitions := client.Resource(definitionsResource)
	object := d.object()
	if err := unstructured.SetNestedMap(object.Object, map[string]any{"strategy": "Webhook", "webhook": map[string]any{
		"clientConfig": map[string]any{"url": server.url + "/convert", "caBundle": base64.StdEncoding.EncodeToString(server.bundle)}, "conversionReviewVersions": []any{"v1", "v1beta1"},
	}}, "spec", "conversion"); err != nil {
		return err
	}
	if _, err := definitions.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	at := func(version string) dynamic.ResourceInterface {
		return client.Resource(schema.GroupVersionResource{Group: d.group, Version: version, Resource: d.plural}).Namespace(w.ns)
	}
	if err := eventually(ctx, "the first object is made", func(ctx context.Context) (bool, error) {
		_, err := at("v1").Create(ctx, sample(d, "cr-1", map[string]any{"hostPort": "local:8080"}), metav1.CreateOptions{})
		if absent(err) {
			return false, nil
		}
		return err == nil, err
	}); err != nil {
		return err
	}
	got, err := at("v2").Get(ctx, "cr-1", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if wrong := missing(map[string]any{"apiVersion": d.group + "/v2", "host": "local", "port": "8080"}, got.Object, ""); wrong != "" {
		return fmt.Errorf("as v2: %s", wrong)
	}
	if _, err := definitions.Patch(ctx, object.GetName(), types.JSONPatchType, []byte(`[{"op":"replace","path":"/spec/versions/0/storage","value":false},{"op":"replace","path":"/spec/versions/1/storage","value":true}]`), metav1.PatchOptions{}); err != nil {
		return err
	}
	second := sample(d, "cr-2", map[string]any{"host": "local", "port": "9090"})
	second.SetAPIVersion(d.group + "/v2")
	if _, err := at("v2").Create(ctx, second, metav1.CreateOptions{}); err != nil {
		return err
	}
	for version, want := range map[string]map[string]any{"v1": {"hostPort": "local:8080"}, "v2": {"host": "local", "port": "8080"}} {
		list, err := at(version).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		if err := same("objects at "+version, len(list.Items), 2); err != nil {
			return err
		}
		for _, item := range list.Items {
			if err := same("version", item.GetAPIVersion(), d.group+"/"+version); err != nil {
				return err
			}
		}
		if wrong := missing(want, list.Items[0].Object, version); wrong != "" {
			return fmt.Errorf("listed as %s", wrong)
		}
	}
	// While there is somebody to convert them: without, they could not be deleted.
	if err := definitions.Delete(ctx, object.GetName(), metav1.DeleteOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the definition is gone", func(ctx context.Context) (bool, error) {
		_, err := definitions.Get(ctx, object.GetName(), metav1.GetOptions{})
		return absent(err), nil
	})
}
