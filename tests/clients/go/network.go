package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// network are the checks of services and of who may do what.
var network = []check{
	{"kubernetes-service", kubernetesService},
	{"service-types", serviceTypes},
	{"service-status", serviceStatus},
	{"services-of-all", servicesOfAll},
	{"slices-of-a-service", slicesOfService},
	{"slices-mirror-endpoints", slicesMirror},
	{"service-account-certificates", rootCertificates},
	{"service-account-tokens", boundTokens},
	{"issuer-discovery", issuerDiscovery},
	{"reviews", reviews},
	{"certificate-requests", certificateRequests},
}

func kubernetesService(ctx context.Context, w *world) error {
	service, err := w.client.CoreV1().Services("default").Get(ctx, "kubernetes", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := first(same("port", service.Spec.Ports[0].Port, 443), same("ports", len(service.Spec.Ports), 1)); err != nil {
		return err
	}
	endpoints, err := w.client.CoreV1().Endpoints("default").Get(ctx, "kubernetes", metav1.GetOptions{})
	if absent(err) && strings.Contains(w.config.Host, "127.0.0.1") {
		// Nobody else could reach the server there.
		return nil
	}
	if err != nil {
		return err
	}
	slices, err := w.client.DiscoveryV1().EndpointSlices("default").List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=kubernetes"})
	if err != nil {
		return err
	}
	if len(endpoints.Subsets) != 1 || len(slices.Items) == 0 || len(slices.Items[0].Endpoints) != len(endpoints.Subsets[0].Addresses) {
		return fmt.Errorf("endpoints %s, slices %s", brief(endpoints.Subsets), brief(slices.Items))
	}
	return nil
}

// serviceTypes goes from name to address to port and back.
func serviceTypes(ctx context.Context, w *world) error {
	services := w.client.CoreV1().Services(w.ns)
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "s"}, Spec: corev1.ServiceSpec{Type: "ExternalName", ExternalName: "foo.example.com"}}
	if err := create(ctx, services, service); err != nil {
		return err
	}
	for _, kind := range []corev1.ServiceType{"ClusterIP", "ExternalName", "NodePort", "ExternalName"} {
		got, err := services.Get(ctx, "s", metav1.GetOptions{})
		if err != nil {
			return err
		}
		got.Spec.Type, got.Spec.ExternalName, got.Spec.Ports = kind, "", []corev1.ServicePort{{Name: "http", Port: 80, Protocol: "TCP", TargetPort: intstr.FromInt32(9376)}}
		if kind == "ExternalName" {
			got.Spec.ExternalName, got.Spec.ClusterIP = "foo.example.com", ""
		}
		if got, err = services.Update(ctx, got, metav1.UpdateOptions{}); err != nil {
			return fmt.Errorf("to %s: %w", kind, err)
		}
		if err := first(same("address given", got.Spec.ClusterIP != "", kind != "ExternalName"), same("node port given", got.Spec.Ports[0].NodePort != 0, kind == "NodePort")); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func serviceStatus(ctx context.Context, w *world) error {
	services := w.client.CoreV1().Services(w.ns)
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "s", Labels: map[string]string{"s": "status"}}, Spec: corev1.ServiceSpec{Type: "LoadBalancer", Ports: []corev1.ServicePort{{Name: "http", Port: 80, Protocol: "TCP", TargetPort: intstr.FromInt32(80)}}}}
	if err := create(ctx, services, service); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{"patchedstatus": "true"}}, "status": corev1.ServiceStatus{LoadBalancer: corev1.LoadBalancerStatus{Ingress: []corev1.LoadBalancerIngress{{IP: "203.0.113.1"}}}}})
	if err != nil {
		return err
	}
	got, err := services.Patch(ctx, "s", types.MergePatchType, text, metav1.PatchOptions{}, "status")
	if err != nil {
		return err
	}
	if err := first(same("address", got.Status.LoadBalancer.Ingress[0].IP, "203.0.113.1"), same("annotation", got.Annotations["patchedstatus"], "true"), same("IP mode", *got.Status.LoadBalancer.Ingress[0].IPMode, corev1.LoadBalancerIPModeVIP)); err != nil {
		return err
	}
	got.Status.Conditions = append(got.Status.Conditions, metav1.Condition{Type: "StatusUpdate", Status: "True", Reason: "E2E", Message: "by a test", LastTransitionTime: metav1.Now()})
	if got, err = services.UpdateStatus(ctx, got, metav1.UpdateOptions{}); err != nil {
		return err
	}
	return same("conditions", len(got.Status.Conditions), 1)
}

func servicesOfAll(ctx context.Context, w *world) error {
	services := w.client.CoreV1().Services(w.ns)
	for i := range 3 {
		service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("s%d", i), Labels: map[string]string{"of": w.ns, "first": fmt.Sprint(i == 0)}}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
		if err := create(ctx, services, service); err != nil {
			return err
		}
	}
	all, err := w.client.CoreV1().Services("").List(ctx, metav1.ListOptions{LabelSelector: "of=" + w.ns})
	if err != nil {
		return err
	}
	if err := same("services", len(all.Items), 3); err != nil {
		return err
	}
	// The typed client has no such call.
	if err := w.client.CoreV1().RESTClient().Delete().Namespace(w.ns).Resource("services").VersionedParams(&metav1.ListOptions{LabelSelector: "first=false"}, metav1.ParameterCodec).Do(ctx).Error(); err != nil {
		return err
	}
	left, err := services.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return first(same("services left", len(left.Items), 1), same("name", left.Items[0].Name, "s0"))
}

// slicesOfService: this program is the node of the pods.
func slicesOfService(ctx context.Context, w *world) error {
	if err := admitted(ctx, w); err != nil {
		return err
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Spec: corev1.NodeSpec{Unschedulable: true}}
	if err := create(ctx, w.client.CoreV1().Nodes(), node); err != nil {
		return err
	}
	defer func() { _ = w.client.CoreV1().Nodes().Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	services, pods := w.client.CoreV1().Services(w.ns), w.client.CoreV1().Pods(w.ns)
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "example", Labels: map[string]string{"kept": "yes"}}, Spec: corev1.ServiceSpec{
		Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("web")}}, PublishNotReadyAddresses: true,
	}}
	if err := create(ctx, services, service); err != nil {
		return err
	}
	slice := func(what string, holds func([]discoveryv1.EndpointSlice, *corev1.Endpoints) bool) error {
		last := ""
		err := eventually(ctx, what, func(ctx context.Context) (bool, error) {
			found, err := w.client.DiscoveryV1().EndpointSlices(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=example"})
			if err != nil {
				return false, err
			}
			endpoints, err := w.client.CoreV1().Endpoints(w.ns).Get(ctx, "example", metav1.GetOptions{})
			if absent(err) {
				return false, nil
			}
			last = brief(found.Items) + brief(endpoints)
			return err == nil && holds(found.Items, endpoints), err
		})
		if err != nil {
			return fmt.Errorf("%w: %s", err, last)
		}
		return nil
	}
	if err := slice("an empty slice", func(found []discoveryv1.EndpointSlice, endpoints *corev1.Endpoints) bool {
		return len(found) == 1 && len(found[0].Endpoints) == 0 && len(endpoints.Subsets) == 0
	}); err != nil {
		return err
	}
	for i, name := range []string{"p1", "p2"} {
		pod := idlePod(name, map[string]string{"app": "web"})
		pod.Spec.NodeName, pod.Spec.NodeSelector = w.ns, nil
		pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "web", ContainerPort: int32(8080 + i)}}
		if err := create(ctx, pods, pod); err != nil {
			return err
		}
		status := fmt.Sprintf(`{"status":{"phase":"Running","podIP":"10.9.8.%d","podIPs":[{"ip":"10.9.8.%d"}],"conditions":[{"type":"Ready","status":"True"}]}}`, i+1, i+1)
		if _, err := pods.Patch(ctx, name, types.StrategicMergePatchType, []byte(status), metav1.PatchOptions{}, "status"); err != nil {
			return err
		}
	}
	// A slice has one port of a name: pods with other numbers get another slice.
	if err := slice("two slices with a pod each", func(found []discoveryv1.EndpointSlice, endpoints *corev1.Endpoints) bool {
		if len(found) != 2 || len(endpoints.Subsets) != 2 {
			return false
		}
		return !slices.ContainsFunc(found, func(s discoveryv1.EndpointSlice) bool {
			return len(s.Endpoints) != 1 || *s.Endpoints[0].NodeName != w.ns || s.Endpoints[0].TargetRef.Kind != "Pod" || !*s.Endpoints[0].Conditions.Ready || len(s.Ports) != 1 || *s.Ports[0].Name != "http" || s.Labels["endpointslice.kubernetes.io/managed-by"] != "endpointslice-controller.k8s.io"
		})
	}); err != nil {
		return err
	}
	if err := services.Delete(ctx, "example", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "slices and endpoints go with their service", func(ctx context.Context) (bool, error) {
		found, err := w.client.DiscoveryV1().EndpointSlices(w.ns).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		_, err = w.client.CoreV1().Endpoints(w.ns).Get(ctx, "example", metav1.GetOptions{})
		return len(found.Items) == 0 && absent(err), nil
	})
}

func slicesMirror(ctx context.Context, w *world) error {
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "custom"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "example", Port: 80, Protocol: "TCP"}}}}
	endpoints := &corev1.Endpoints{ObjectMeta: metav1.ObjectMeta{Name: "custom"}, Subsets: []corev1.EndpointSubset{{Ports: []corev1.EndpointPort{{Name: "example", Port: 80, Protocol: "TCP"}}, Addresses: []corev1.EndpointAddress{{IP: "10.1.2.3"}}}}}
	all := w.client.CoreV1().Endpoints(w.ns)
	if err := first(create(ctx, w.client.CoreV1().Services(w.ns), service), create(ctx, all, endpoints)); err != nil {
		return err
	}
	mirrored := func(address string) error {
		return eventually(ctx, "the mirror shows "+address, func(ctx context.Context) (bool, error) {
			found, err := w.client.DiscoveryV1().EndpointSlices(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=custom,endpointslice.kubernetes.io/managed-by=endpointslicemirroring-controller.k8s.io"})
			if err != nil {
				return false, err
			}
			if address == "" {
				return len(found.Items) == 0, nil
			}
			return len(found.Items) == 1 && len(found.Items[0].Endpoints) == 1 && found.Items[0].Endpoints[0].Addresses[0] == address && *found.Items[0].Ports[0].Port == 80, nil
		})
	}
	if err := mirrored("10.1.2.3"); err != nil {
		return err
	}
	endpoints.Subsets[0].Addresses[0].IP = "10.2.3.4"
	if _, err := all.Update(ctx, endpoints, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if err := mirrored("10.2.3.4"); err != nil {
		return err
	}
	if err := all.Delete(ctx, "custom", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return mirrored("")
}

func rootCertificates(ctx context.Context, w *world) error {
	maps := w.client.CoreV1().ConfigMaps(w.ns)
	there := func() error {
		return eventually(ctx, "the certificates are there", func(ctx context.Context) (bool, error) {
			got, err := maps.Get(ctx, "kube-root-ca.crt", metav1.GetOptions{})
			return err == nil && got.Data["ca.crt"] != "", nil
		})
	}
	if err := there(); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "kube-root-ca.crt", *metav1.NewDeleteOptions(0)); err != nil {
		return err
	}
	if err := there(); err != nil {
		return err
	}
	if _, err := maps.Update(ctx, configMap("kube-root-ca.crt", map[string]string{"ca.crt": ""}), metav1.UpdateOptions{}); err != nil {
		return err
	}
	return there()
}

func boundTokens(ctx context.Context, w *world) error {
	accounts := w.client.CoreV1().ServiceAccounts(w.ns)
	if err := first(admitted(ctx, w), create(ctx, w.client.CoreV1().Pods(w.ns), idlePod("p", nil))); err != nil {
		return err
	}
	pod, err := w.client.CoreV1().Pods(w.ns).Get(ctx, "p", metav1.GetOptions{})
	if err != nil {
		return err
	}
	made, err := accounts.CreateToken(ctx, "default", &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: pointer[int64](600), BoundObjectRef: &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: "p", UID: pod.UID},
	}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	ask := func() (authenticationv1.TokenReviewStatus, error) {
		review, err := w.client.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: made.Status.Token}}, metav1.CreateOptions{})
		if err != nil {
			return authenticationv1.TokenReviewStatus{}, err
		}
		return review.Status, nil
	}
	status, err := ask()
	if err != nil {
		return err
	}
	if err := first(
		same("authenticated", status.Authenticated, true), same("user", status.User.Username, "system:serviceaccount:"+w.ns+":default"),
		same("pod", fmt.Sprint(status.User.Extra["authentication.kubernetes.io/pod-name"]), "[p]"), same("groups", fmt.Sprint(status.User.Groups), "[system:serviceaccounts system:serviceaccounts:"+w.ns+" system:authenticated]"),
	); err != nil {
		return err
	}
	if err := w.client.CoreV1().Pods(w.ns).Delete(ctx, "p", *metav1.NewDeleteOptions(0)); err != nil {
		return err
	}
	return eventually(ctx, "the token goes with its pod", func(context.Context) (bool, error) {
		status, err := ask()
		return err == nil && !status.Authenticated, err
	})
}

func issuerDiscovery(ctx context.Context, w *world) error {
	if err := admitted(ctx, w); err != nil {
		return err
	}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: "default", Namespace: w.ns}}, RoleRef: rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: "system:service-account-issuer-discovery"}}
	if err := create(ctx, w.client.RbacV1().ClusterRoleBindings(), binding); err != nil {
		return err
	}
	defer func() {
		_ = w.client.RbacV1().ClusterRoleBindings().Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{})
	}()
	made, err := w.client.CoreV1().ServiceAccounts(w.ns).CreateToken(ctx, "default", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	config := rest.AnonymousClientConfig(w.config)
	config.BearerToken = made.Status.Token
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	for path, members := range map[string][]string{"/.well-known/openid-configuration": {"issuer", "jwks_uri", "response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"}, "/openid/v1/jwks": {"keys"}} {
		text, err := client.RESTClient().Get().AbsPath(path).DoRaw(ctx)
		if err != nil {
			return err
		}
		var document map[string]any
		if err := json.Unmarshal(text, &document); err != nil {
			return err
		}
		for _, member := range members {
			if document[member] == nil {
				return fmt.Errorf("%s has no %s: %s", path, member, text)
			}
		}
	}
	return nil
}

// reviews hold what a review says against what the account then may do.
func reviews(ctx context.Context, w *world) error {
	account := "system:serviceaccount:" + w.ns + ":default"
	config := rest.CopyConfig(w.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: account, Extra: map[string][]string{"e2e.example.com/k": {"v"}}}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	who, err := client.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := first(same("self", who.Status.UserInfo.Username, account), same("extra", fmt.Sprint(who.Status.UserInfo.Extra["e2e.example.com/k"]), "[v]")); err != nil {
		return err
	}
	attributes := &authorizationv1.ResourceAttributes{Verb: "list", Resource: "configmaps", Version: "v1", Namespace: w.ns}
	_, listed := client.CoreV1().ConfigMaps(w.ns).List(ctx, metav1.ListOptions{})
	wide, err := w.client.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{ResourceAttributes: attributes, User: account}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	local, err := w.client.AuthorizationV1().LocalSubjectAccessReviews(w.ns).Create(ctx, &authorizationv1.LocalSubjectAccessReview{ObjectMeta: metav1.ObjectMeta{Namespace: w.ns}, Spec: authorizationv1.SubjectAccessReviewSpec{ResourceAttributes: attributes, User: account}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return first(same("allowed", wide.Status.Allowed, listed == nil), same("allowed here", local.Status.Allowed, listed == nil), same("listed", listed == nil, false))
}

func certificateRequests(ctx context.Context, w *world) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "e2e-" + w.ns}}, key)
	if err != nil {
		return err
	}
	requests := w.client.CertificatesV1().CertificateSigningRequests()
	request := &certificatesv1.CertificateSigningRequest{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}, Spec: certificatesv1.CertificateSigningRequestSpec{
		Request: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), SignerName: "kubernetes.io/kube-apiserver-client",
		Usages: []certificatesv1.KeyUsage{"digital signature", "client auth"}, ExpirationSeconds: pointer(int32(time.Hour.Seconds())),
	}}
	made, err := requests.Create(ctx, request, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = requests.Delete(context.WithoutCancel(ctx), made.Name, metav1.DeleteOptions{}) }()
	// What else may be written to the approval and the status is seen and no more.
	for _, part := range []string{"approval", "status"} {
		got, err := requests.Patch(ctx, made.Name, types.MergePatchType, []byte(`{"metadata":{"annotations":{"patched`+part+`":"true"}},"status":{"conditions":[{"type":"`+map[string]string{"approval": "ApprovalPatch", "status": "StatusPatch"}[part]+`","status":"True","reason":"E2E"}]}}`), metav1.PatchOptions{}, part)
		if err != nil {
			return err
		}
		if err := same("annotation", got.Annotations["patched"+part], "true"); err != nil {
			return err
		}
	}
	if made, err = requests.Get(ctx, made.Name, metav1.GetOptions{}); err != nil {
		return err
	}
	made.Status.Conditions = append(made.Status.Conditions, certificatesv1.CertificateSigningRequestCondition{Type: "Approved", Status: "True", Reason: "E2E", Message: "by a test"})
	if made, err = requests.UpdateApproval(ctx, made.Name, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, "the certificate is there", func(ctx context.Context) (bool, error) {
		made, err = requests.Get(ctx, made.Name, metav1.GetOptions{})
		return err == nil && len(made.Status.Certificate) > 0, err
	}); err != nil {
		return err
	}
	config := rest.AnonymousClientConfig(w.config)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	config.CertData, config.KeyData = made.Status.Certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	who, err := client.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return same("user", who.Status.UserInfo.Username, "e2e-"+w.ns)
}
