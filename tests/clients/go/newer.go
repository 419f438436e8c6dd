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
	"math/big"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// newer are the checks of what came to Kubernetes of late.
var newer = []check{
	{"replicas-that-end", replicasThatEnd},
	{"replicas-by-deletion-cost", replicasByCost},
	{"stateful-several-at-a-time", statefulSeveral},
	{"job-changed-while-suspended", jobChanged},
	{"topology-of-pods", topologyOfPods},
	{"claim-unused", claimUnused},
	{"certificate-of-a-pod", certificateOfPod},
	{"trust-bundles", trustBundles},
	{"service-ports", servicePorts},
}

func replicasThatEnd(ctx context.Context, w *world) error {
	web := idleDeployment("web", 2)
	web.Spec.Template.Finalizers = []string{"example.com/hold"}
	deployments := w.client.AppsV1().Deployments(w.ns)
	if err := first(admitted(ctx, w), create(ctx, deployments, web)); err != nil {
		return err
	}
	pods, err := podsOf(ctx, w, "web", 2)
	if err != nil {
		return err
	}
	told := func(ending int32) error {
		last := ""
		err := eventually(ctx, fmt.Sprintf("%d end", ending), func(ctx context.Context) (bool, error) {
			got, err := deployments.Get(ctx, "web", metav1.GetOptions{})
			if err != nil {
				return false, err
			}
			last = brief(got.Status)
			return got.Status.TerminatingReplicas != nil && *got.Status.TerminatingReplicas == ending && got.Status.Replicas == 2, nil
		})
		if err != nil {
			return fmt.Errorf("%w: %s", err, last)
		}
		return nil
	}
	if err := first(told(0), w.client.CoreV1().Pods(w.ns).Delete(ctx, pods[0].Name, metav1.DeleteOptions{}), told(1)); err != nil {
		return err
	}
	_, err = w.client.CoreV1().Pods(w.ns).Patch(ctx, pods[0].Name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
	if err := first(err, told(0)); err != nil {
		return err
	}
	// The others are let go, so that the namespace can end.
	_, err = deployments.Patch(ctx, "web", types.MergePatchType, []byte(`{"spec":{"replicas":0}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	return eventually(ctx, "all are gone", func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
		if err != nil {
			return false, err
		}
		for _, pod := range list.Items {
			if _, err := w.client.CoreV1().Pods(w.ns).Patch(ctx, pod.Name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{}); err != nil && !absent(err) {
				return false, err
			}
		}
		return len(list.Items) == 0, nil
	})
}

func replicasByCost(ctx context.Context, w *world) error {
	sets := w.client.AppsV1().ReplicaSets(w.ns)
	if err := first(admitted(ctx, w), create(ctx, sets, replicaSet("rs", 3))); err != nil {
		return err
	}
	pods, err := podsOf(ctx, w, "rs", 3)
	if err != nil {
		return err
	}
	for i, cost := range []string{"100", "-5", "7"} {
		if _, err := w.client.CoreV1().Pods(w.ns).Patch(ctx, pods[i].Name, types.MergePatchType, []byte(`{"metadata":{"annotations":{"controller.kubernetes.io/pod-deletion-cost":"`+cost+`"}}}`), metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	if _, err := sets.Patch(ctx, "rs", types.MergePatchType, []byte(`{"spec":{"replicas":1}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	left, err := podsOf(ctx, w, "rs", 1)
	return first(err, same("who stays", left[0].Name, pods[0].Name))
}

func statefulSeveral(ctx context.Context, w *world) error {
	sets := w.client.AppsV1().StatefulSets(w.ns)
	set := idleStateful("s", 4)
	set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	set.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{Type: "RollingUpdate", RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{MaxUnavailable: pointer(intstr.FromInt32(2))}}
	if err := first(admitted(ctx, w), create(ctx, sets, set)); err != nil {
		return err
	}
	if err := settle(ctx, w, "s", "all are told as well", func([]corev1.Pod) (bool, error) {
		got, err := sets.Get(ctx, "s", metav1.GetOptions{})
		return err == nil && got.Status.AvailableReplicas == 4, err
	}); err != nil {
		return err
	}
	if _, err := sets.Patch(ctx, "s", types.StrategicMergePatchType, []byte(otherImage), metav1.PatchOptions{}); err != nil {
		return err
	}
	// The last two are new, and nobody says that they are well: the others stay.
	byName := func(pods []corev1.Pod) string {
		slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
		out := []string{}
		for _, pod := range pods {
			out = append(out, pod.Spec.Containers[0].Image)
		}
		return strings.Join(out, " ")
	}
	if err := eventually(ctx, "two are new", func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=s"})
		if err == nil && strings.Count(byName(list.Items), "other") > 2 {
			return false, fmt.Errorf("too many are new: %s", byName(list.Items))
		}
		return err == nil && byName(list.Items) == "i i other other", err
	}); err != nil {
		return err
	}
	return settle(ctx, w, "s", "all are new", func(pods []corev1.Pod) (bool, error) { return byName(pods) == "other other other other", nil })
}

// jobChanged: what a suspended Job asks of nodes and which it wants may be changed.
func jobChanged(ctx context.Context, w *world) error {
	job := idleJob("j", 1, 1)
	job.Spec.Suspend = pointer(true)
	if err := first(startJob(ctx, w, job), jobIs(ctx, w, "j", "rests", jobRests)); err != nil {
		return err
	}
	jobs := w.client.BatchV1().Jobs(w.ns)
	change := `{"spec":{"template":{"metadata":{"annotations":{"k":"v"}},"spec":{"nodeSelector":{"other":"node"},"tolerations":[{"key":"t","operator":"Exists"}],"containers":[{"name":"c","resources":{"requests":{"cpu":"7m"}}}]}}}}`
	if _, err := jobs.Patch(ctx, "j", types.StrategicMergePatchType, []byte(change), metav1.PatchOptions{}); err != nil {
		return err
	}
	_, err := jobs.Patch(ctx, "j", types.StrategicMergePatchType, []byte(`{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"other"}]}}}}`), metav1.PatchOptions{})
	if err := first(refused("another image", err, "field is immutable"), suspend(ctx, w, "j", false)); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 1)
	if err != nil {
		return err
	}
	if err := first(same("node", pods[0].Spec.NodeSelector["other"], "node"), same("CPU", pods[0].Spec.Containers[0].Resources.Requests.Cpu().String(), "7m"), same("annotation", pods[0].Annotations["k"], "v")); err != nil {
		return err
	}
	_, err = jobs.Patch(ctx, "j", types.StrategicMergePatchType, []byte(`{"spec":{"template":{"spec":{"nodeSelector":{"third":"node"}}}}}`), metav1.PatchOptions{})
	return refused("a change while it runs", err, "field is immutable")
}

// topologyOfPods: the labels of zone and region come from the node with the binding.
func topologyOfPods(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, map[string]string{"topology.kubernetes.io/zone": "z1", "topology.kubernetes.io/region": "r1"})
	if err != nil {
		return err
	}
	defer done()
	if err := first(admitted(ctx, w), place(ctx, w, bound(w, "p", nil), w.ns, "")); err != nil {
		return err
	}
	pod, err := w.client.CoreV1().Pods(w.ns).Get(ctx, "p", metav1.GetOptions{})
	return first(err, same("zone", pod.Labels["topology.kubernetes.io/zone"], "z1"), same("region", pod.Labels["topology.kubernetes.io/region"], "r1"))
}

func claimUnused(ctx context.Context, w *world) error {
	claims, pods := w.client.CoreV1().PersistentVolumeClaims(w.ns), w.client.CoreV1().Pods(w.ns)
	told := func(status corev1.ConditionStatus, reason string) error {
		return eventually(ctx, fmt.Sprintf("Unused is %s for %s", status, reason), func(ctx context.Context) (bool, error) {
			got, err := claims.Get(ctx, "c", metav1.GetOptions{})
			return err == nil && slices.ContainsFunc(got.Status.Conditions, func(c corev1.PersistentVolumeClaimCondition) bool {
				return c.Type == "Unused" && c.Status == status && c.Reason == reason && !c.LastTransitionTime.IsZero()
			}), err
		})
	}
	user := func(name string) *corev1.Pod {
		pod := idlePod(name, nil)
		pod.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "c"}}}}
		return pod
	}
	all := w.client.CoreV1().PersistentVolumes()
	defer func() { _ = all.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	return first(
		admitted(ctx, w), create(ctx, all, volumeOf(w, w.ns, "2Gi", corev1.PersistentVolumeReclaimRetain)), create(ctx, claims, claimOf("c", w.ns, "1Gi")), told("True", "NoPodsUsingPVC"),
		create(ctx, pods, user("a")), told("False", "PodUsingPVC"), create(ctx, pods, user("b")), pods.Delete(ctx, "a", metav1.DeleteOptions{}), told("False", "PodUsingPVC"),
		ends(ctx, w, "b", 0), told("True", "NoPodsUsingPVC"),
	)
}

// selfSigned is a certificate of its own key, that makes others or serves.
func selfSigned(authority bool) (*ecdsa.PrivateKey, *x509.Certificate, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, "", err
	}
	begins := time.Now().Add(-time.Minute).Truncate(time.Second)
	template := x509.Certificate{
		SerialNumber: big.NewInt(begins.UnixNano()), Subject: pkix.Name{CommonName: "e2e.example.com"}, NotBefore: begins, NotAfter: begins.Add(time.Hour), BasicConstraintsValid: true, IsCA: authority,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	return key, &template, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), err
}

func certificateOfPod(ctx context.Context, w *world) error {
	key, certificate, text, err := selfSigned(false)
	if err != nil {
		return err
	}
	stub, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return err
	}
	requests := w.client.CertificatesV1().PodCertificateRequests(w.ns)
	status, err := json.Marshal(map[string]any{"status": certificatesv1.PodCertificateRequestStatus{
		CertificateChain: text, NotBefore: pointer(metav1.NewTime(certificate.NotBefore)), NotAfter: pointer(metav1.NewTime(certificate.NotAfter)), BeginRefreshAt: pointer(metav1.NewTime(certificate.NotBefore.Add(15 * time.Minute))),
		Conditions: []metav1.Condition{{Type: "Issued", Status: "True", Reason: "E2E", Message: "by a test", LastTransitionTime: metav1.Now()}},
	}})
	if err != nil {
		return err
	}
	for i, kind := range []types.PatchType{types.MergePatchType, types.StrategicMergePatchType, types.ApplyPatchType} {
		made, err := requests.Create(ctx, &certificatesv1.PodCertificateRequest{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-", Labels: map[string]string{"of": w.ns}}, Spec: certificatesv1.PodCertificateRequestSpec{
			SignerName: "example.com/e2e", PodName: "test-pod", PodUID: "12345678-1234-1234-1234-123456789012", ServiceAccountName: "default", ServiceAccountUID: "12345678-1234-1234-1234-123456789013",
			NodeName: "test-node", NodeUID: "12345678-1234-1234-1234-123456789014", MaxExpirationSeconds: pointer[int32](86400), StubPKCS10Request: stub,
		}}, metav1.CreateOptions{FieldValidation: "Strict"})
		if err != nil {
			return err
		}
		_, err = requests.Patch(ctx, made.Name, types.MergePatchType, []byte(`{"spec":{"nodeName":"other"}}`), metav1.PatchOptions{})
		if err := refused("another node", err, "field is immutable"); err != nil {
			return err
		}
		body, options := status, metav1.PatchOptions{FieldValidation: "Strict"}
		if kind == types.ApplyPatchType {
			body = []byte(`{"apiVersion":"certificates.k8s.io/v1","kind":"PodCertificateRequest",` + string(status[1:]))
			options.FieldManager, options.Force = "test-apply", pointer(true)
		}
		got, err := requests.Patch(ctx, made.Name, kind, body, options, "status")
		if err != nil {
			return err
		}
		if err := same("certificate", got.Status.CertificateChain, text); err != nil {
			return err
		}
		list, err := requests.List(ctx, metav1.ListOptions{LabelSelector: "of=" + w.ns})
		if err := first(err, same("requests", len(list.Items), i+1)); err != nil {
			return err
		}
	}
	if err := requests.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "of=" + w.ns}); err != nil {
		return err
	}
	list, err := requests.List(ctx, metav1.ListOptions{})
	return first(err, same("requests left", len(list.Items), 0))
}

func trustBundles(ctx context.Context, w *world) error {
	bundles := w.client.CertificatesV1().ClusterTrustBundles()
	_, _, one, err := selfSigned(true)
	if err != nil {
		return err
	}
	_, _, two, err := selfSigned(true)
	if err != nil {
		return err
	}
	defer func() {
		_ = bundles.DeleteCollection(context.WithoutCancel(ctx), metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "of=" + w.ns})
	}()
	bundle := func(name, signer, text string) *certificatesv1.ClusterTrustBundle {
		return &certificatesv1.ClusterTrustBundle{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"of": w.ns}}, Spec: certificatesv1.ClusterTrustBundleSpec{SignerName: signer, TrustBundle: text}}
	}
	signer := w.ns + ".example.com/signer"
	if err := first(
		create(ctx, bundles, bundle(w.ns, "", one)), create(ctx, bundles, bundle(strings.ReplaceAll(signer, "/", ":")+":a", signer, one)),
		refused("a name that is not the signer's", create(ctx, bundles, bundle("b", signer, one)), "ClusterTrustBundle for signerName "+signer+" must be named with prefix "+strings.ReplaceAll(signer, "/", ":")+":"),
		refused("no certificate", create(ctx, bundles, bundle(w.ns+"-c", "", "none")), "spec.trustBundle"),
	); err != nil {
		return err
	}
	found, err := bundles.List(ctx, metav1.ListOptions{FieldSelector: "spec.signerName=" + signer})
	if err := first(err, same("bundles of the signer", len(found.Items), 1)); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"spec": map[string]any{"trustBundle": one + two}})
	if err != nil {
		return err
	}
	got, err := bundles.Patch(ctx, w.ns, types.MergePatchType, text, metav1.PatchOptions{})
	return first(err, same("bundle", got.Spec.TrustBundle, one+two))
}

// servicePorts: ports of nodes are in their range, for one service each, and free again with it.
func servicePorts(ctx context.Context, w *world) error {
	services := w.client.CoreV1().Services(w.ns)
	at := func(name string, node int32, protocols ...corev1.Protocol) *corev1.Service {
		service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{Type: "NodePort"}}
		for _, protocol := range protocols {
			service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{Name: strings.ToLower(string(protocol)), Port: 80, Protocol: protocol, NodePort: node})
		}
		return service
	}
	made, err := services.Create(ctx, at("a", 0, "TCP", "UDP"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	node := made.Spec.Ports[0].NodePort
	if err := first(
		refused("a port that is taken", create(ctx, services, at("b", node, "TCP")), fmt.Sprintf("spec.ports[0].nodePort: Invalid value: %d: provided port is already allocated", node)),
		refused("a port out of the range", create(ctx, services, at("c", 29999, "TCP")), "spec.ports[0].nodePort: Invalid value: 29999: provided port is not in the valid range. The range of valid ports is 30000-32767"),
	); err != nil {
		return err
	}
	if err := services.Delete(ctx, "a", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, "the port is free again", func(ctx context.Context) (bool, error) {
		return create(ctx, services, at("b", node, "TCP")) == nil, nil
	}); err != nil {
		return err
	}
	balanced := at("d", 0, "TCP")
	balanced.Spec.Type, balanced.Spec.AllocateLoadBalancerNodePorts, balanced.Spec.LoadBalancerClass = "LoadBalancer", pointer(false), pointer("example.com/none")
	made, err = services.Create(ctx, balanced, metav1.CreateOptions{})
	if err := first(err, same("port of a node that nobody wants", made.Spec.Ports[0].NodePort, 0)); err != nil {
		return err
	}
	_, err = services.Patch(ctx, "d", types.MergePatchType, []byte(`{"spec":{"loadBalancerClass":"example.com/other"}}`), metav1.PatchOptions{})
	return refused("another class", err, "spec.loadBalancerClass: Invalid value: \"example.com/other\": may not change once set")
}
