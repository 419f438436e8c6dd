package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// placing are the checks of the scheduler, on nodes that this program makes and nobody lives on.
var placing = []check{
	{"placed-by-fit", placedByFit},
	{"placed-by-labels-and-taints", placedByLabels},
	{"placed-by-ports", placedByPorts},
	{"placed-when-let", placedWhenLet},
	{"placed-by-preemption", placedByPreemption},
	{"placed-in-place-of-many", placedInPlaceOfMany},
	{"taints-evict", taintsEvict},
	{"runtime-class-admits", runtimeClassAdmits},
}

// ownNode makes a node that takes only pods of this namespace. It is gone with the check.
func ownNode(ctx context.Context, w *world, name string, labels map[string]string) (func(), error) {
	nodes := w.client.CoreV1().Nodes()
	all := map[string]string{"of": w.ns}
	for key, value := range labels {
		all[key] = value
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: all}, Spec: corev1.NodeSpec{Taints: []corev1.Taint{{Key: "of", Value: w.ns, Effect: "NoSchedule"}}}}
	if err := create(ctx, nodes, node); err != nil {
		return nil, err
	}
	status := `{"status":{"capacity":{"cpu":"4","memory":"4Gi","pods":"20","example.com/fake":"1000"},"allocatable":{"cpu":"4","memory":"4Gi","pods":"20","example.com/fake":"1000"},"conditions":[{"type":"Ready","status":"True","reason":"Test"}]}}`
	if _, err := nodes.Patch(ctx, name, types.StrategicMergePatchType, []byte(status), metav1.PatchOptions{}, "status"); err != nil {
		return nil, err
	}
	done := func() { _ = nodes.Delete(context.WithoutCancel(ctx), name, metav1.DeleteOptions{}) }
	err := eventually(ctx, name+" takes pods", func(ctx context.Context) (bool, error) {
		got, err := nodes.Get(ctx, name, metav1.GetOptions{})
		return err == nil && len(got.Spec.Taints) == 1, err
	})
	return done, err
}

// bound is a pod for the nodes of this namespace.
func bound(w *world, name string, change func(*corev1.PodSpec)) *corev1.Pod {
	pod := idlePod(name, map[string]string{"app": name})
	pod.Spec.NodeSelector = map[string]string{"of": w.ns}
	pod.Spec.Tolerations = []corev1.Toleration{{Key: "of", Operator: "Equal", Value: w.ns, Effect: "NoSchedule"}}
	pod.Spec.TerminationGracePeriodSeconds = pointer[int64](0)
	if change != nil {
		change(&pod.Spec)
	}
	return pod
}

func fake(count string) func(*corev1.PodSpec) {
	return func(spec *corev1.PodSpec) {
		list := corev1.ResourceList{"example.com/fake": resource.MustParse(count)}
		spec.Containers[0].Resources = corev1.ResourceRequirements{Requests: list, Limits: list}
	}
}

// placed waits until the pod is on the node; "" means that it finds none, and words tell why.
func placed(ctx context.Context, w *world, pod, node, words string) error {
	last := ""
	err := eventually(ctx, pod+" is placed on "+node, func(ctx context.Context) (bool, error) {
		got, err := w.client.CoreV1().Pods(w.ns).Get(ctx, pod, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		last = got.Spec.NodeName + " " + brief(got.Status.Conditions)
		at := slices.IndexFunc(got.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == corev1.PodScheduled })
		if at < 0 {
			return false, nil
		}
		told := got.Status.Conditions[at]
		if node != "" {
			return got.Spec.NodeName == node && told.Status == "True", nil
		}
		return told.Status == "False" && told.ObservedGeneration == got.Generation && strings.Contains(told.Message, words), nil
	})
	if err != nil {
		return fmt.Errorf("%w: %s", err, last)
	}
	return nil
}

func place(ctx context.Context, w *world, pod *corev1.Pod, node, words string) error {
	return first(create(ctx, w.client.CoreV1().Pods(w.ns), pod), placed(ctx, w, pod.Name, node, words))
}

func placedByFit(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	return first(
		admitted(ctx, w), place(ctx, w, bound(w, "a", fake("700")), w.ns, ""), place(ctx, w, bound(w, "b", fake("400")), "", "1 Insufficient example.com/fake"),
		w.client.CoreV1().Pods(w.ns).Delete(ctx, "a", *metav1.NewDeleteOptions(0)), placed(ctx, w, "b", w.ns, ""),
	)
}

func placedByLabels(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	affine := func(terms ...corev1.NodeSelectorTerm) func(*corev1.PodSpec) {
		return func(spec *corev1.PodSpec) {
			spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
		}
	}
	term := func(operator corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "number", Operator: operator, Values: values}}}
	}
	strange := bound(w, "strange", nil)
	strange.Spec.Tolerations = nil
	if err := first(
		admitted(ctx, w),
		place(ctx, w, bound(w, "selects", func(spec *corev1.PodSpec) { spec.NodeSelector["number"] = "42" }), "", "node(s) didn't match Pod's node affinity/selector"),
		place(ctx, w, bound(w, "affine", affine(term("In", "foo"), term("Gt", "40"))), "", "node(s) didn't match Pod's node affinity/selector"),
		place(ctx, w, strange, "", "node(s) had untolerated taint(s)"),
	); err != nil {
		return err
	}
	if _, err := w.client.CoreV1().Nodes().Patch(ctx, w.ns, types.MergePatchType, []byte(`{"metadata":{"labels":{"number":"42"}}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := first(placed(ctx, w, "selects", w.ns, ""), placed(ctx, w, "affine", w.ns, "")); err != nil {
		return err
	}
	if _, err := w.client.CoreV1().Nodes().Patch(ctx, w.ns, types.MergePatchType, []byte(`{"spec":{"taints":null}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	return placed(ctx, w, "strange", w.ns, "")
}

func placedByPorts(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	port := func(address string, protocol corev1.Protocol) func(*corev1.PodSpec) {
		return func(spec *corev1.PodSpec) {
			spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 54321, ContainerPort: 8080, Protocol: protocol, HostIP: address}}
		}
	}
	return first(
		admitted(ctx, w), place(ctx, w, bound(w, "a", port("127.0.0.1", "TCP")), w.ns, ""), place(ctx, w, bound(w, "b", port("10.0.0.1", "TCP")), w.ns, ""), place(ctx, w, bound(w, "c", port("10.0.0.1", "UDP")), w.ns, ""),
		place(ctx, w, bound(w, "d", port("", "TCP")), "", "1 node(s) didn't have free ports for the requested pod ports"), place(ctx, w, bound(w, "e", port("127.0.0.1", "TCP")), "", "1 node(s) didn't have free ports"),
	)
}

// placedWhenLet waits for the gates, one after the other.
func placedWhenLet(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	pods := w.client.CoreV1().Pods(w.ns)
	pod := bound(w, "p", func(spec *corev1.PodSpec) {
		spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "foo"}, {Name: "bar"}}
	})
	if err := first(admitted(ctx, w), create(ctx, pods, pod)); err != nil {
		return err
	}
	got, err := pods.Get(ctx, "p", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := same("condition", got.Status.Conditions[0].Reason, "SchedulingGated"); err != nil {
		return err
	}
	refusal := pods.Bind(ctx, &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "p"}, Target: corev1.ObjectReference{Kind: "Node", Name: w.ns}}, metav1.CreateOptions{})
	if err := refused("a binding", refusal, "has non-empty .spec.schedulingGates"); err != nil {
		return err
	}
	for _, patch := range []string{`[{"op":"remove","path":"/spec/schedulingGates/0"}]`, `[{"op":"remove","path":"/spec/schedulingGates"},{"op":"add","path":"/spec/nodeSelector/of","value":"` + w.ns + `"}]`} {
		if _, err := pods.Patch(ctx, "p", types.JSONPatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	return placed(ctx, w, "p", w.ns, "")
}

// levels makes priority classes, named after this namespace, of the values 1 to count.
func levels(ctx context.Context, w *world, count int) (func(), error) {
	classes := w.client.SchedulingV1().PriorityClasses()
	done := func() {
		_ = classes.DeleteCollection(context.WithoutCancel(ctx), metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "of=" + w.ns})
	}
	for i := 1; i <= count; i++ {
		class := &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s-%d", w.ns, i), Labels: map[string]string{"of": w.ns}}, Value: int32(i)}
		if err := create(ctx, classes, class); err != nil {
			done()
			return nil, err
		}
	}
	return done, nil
}

func leveled(w *world, level int, count string) func(*corev1.PodSpec) {
	return func(spec *corev1.PodSpec) {
		fake(count)(spec)
		spec.PriorityClassName = fmt.Sprintf("%s-%d", w.ns, level)
	}
}

func placedByPreemption(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	forget, err := levels(ctx, w, 3)
	if err != nil {
		return err
	}
	defer forget()
	pods := w.client.CoreV1().Pods(w.ns)
	victim := bound(w, "low", leveled(w, 1, "600"))
	victim.Spec.TerminationGracePeriodSeconds = pointer[int64](30)
	victim.Finalizers = []string{"example.com/test"}
	if err := first(
		admitted(ctx, w), place(ctx, w, victim, w.ns, ""), place(ctx, w, bound(w, "middle", leveled(w, 2, "300")), w.ns, ""), place(ctx, w, bound(w, "equal", leveled(w, 1, "200")), "", "Insufficient example.com/fake"),
		create(ctx, pods, bound(w, "high", leveled(w, 3, "500"))),
	); err != nil {
		return err
	}
	if err := eventually(ctx, "the lowest makes room", func(ctx context.Context) (bool, error) {
		low, err := pods.Get(ctx, "low", metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		high, err := pods.Get(ctx, "high", metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		at := slices.IndexFunc(low.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == corev1.DisruptionTarget })
		return at >= 0 && low.Status.Conditions[at].Reason == "PreemptionByScheduler" && low.DeletionTimestamp != nil && high.Status.NominatedNodeName == w.ns, nil
	}); err != nil {
		return err
	}
	if _, err := pods.Patch(ctx, "low", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := first(pods.Delete(ctx, "low", *metav1.NewDeleteOptions(0)), placed(ctx, w, "high", w.ns, "")); err != nil {
		return err
	}
	middle, err := pods.Get(ctx, "middle", metav1.GetOptions{})
	return first(err, same("the middle goes", middle.DeletionTimestamp != nil, false))
}

// placedInPlaceOfMany takes from ReplicaSets just the pods that are enough.
func placedInPlaceOfMany(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	forget, err := levels(ctx, w, 4)
	if err != nil {
		return err
	}
	defer forget()
	if err := admitted(ctx, w); err != nil {
		return err
	}
	for i, count := range []string{"200", "300", "450"} {
		set := replicaSet(fmt.Sprintf("rs%d", i+1), 1)
		set.Spec.Template.Spec = bound(w, "x", leveled(w, i+1, count)).Spec
		if err := create(ctx, w.client.AppsV1().ReplicaSets(w.ns), set); err != nil {
			return err
		}
		pods, err := podsOf(ctx, w, set.Name, 1)
		if err != nil {
			return err
		}
		if err := placed(ctx, w, pods[0].Name, w.ns, ""); err != nil {
			return err
		}
	}
	if err := place(ctx, w, bound(w, "high", leveled(w, 4, "500")), w.ns, ""); err != nil {
		return err
	}
	for i, wanted := range []string{"", "", w.ns} {
		pods, err := podsOf(ctx, w, fmt.Sprintf("rs%d", i+1), 1)
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("node of rs%d", i+1), pods[0].Spec.NodeName, wanted); err != nil {
			return err
		}
	}
	return nil
}

func taintsEvict(ctx context.Context, w *world) error {
	done, err := ownNode(ctx, w, w.ns, nil)
	if err != nil {
		return err
	}
	defer done()
	pods := w.client.CoreV1().Pods(w.ns)
	tolerant := func(seconds *int64) func(*corev1.PodSpec) {
		return func(spec *corev1.PodSpec) {
			spec.Tolerations = append(spec.Tolerations, corev1.Toleration{Key: "evict", Operator: "Exists", Effect: "NoExecute", TolerationSeconds: seconds})
		}
	}
	if err := first(
		admitted(ctx, w), place(ctx, w, bound(w, "goes", nil), w.ns, ""), place(ctx, w, bound(w, "stays", tolerant(nil)), w.ns, ""), place(ctx, w, bound(w, "waits", tolerant(pointer[int64](1))), w.ns, ""),
	); err != nil {
		return err
	}
	if _, err := w.client.CoreV1().Nodes().Patch(ctx, w.ns, types.StrategicMergePatchType, []byte(`{"spec":{"taints":[{"key":"evict","value":"v","effect":"NoExecute"}]}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, "two are gone", func(ctx context.Context) (bool, error) {
		_, goes := pods.Get(ctx, "goes", metav1.GetOptions{})
		_, waits := pods.Get(ctx, "waits", metav1.GetOptions{})
		return absent(goes) && absent(waits), nil
	}); err != nil {
		return err
	}
	stays, err := pods.Get(ctx, "stays", metav1.GetOptions{})
	return first(err, same("the tolerant goes", stays.DeletionTimestamp != nil, false))
}

func runtimeClassAdmits(ctx context.Context, w *world) error {
	classes, pods := w.client.NodeV1().RuntimeClasses(), w.client.CoreV1().Pods(w.ns)
	class := &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: w.ns}, Handler: "handler", Overhead: &nodev1.Overhead{PodFixed: amounts("cpu", "10m", "memory", "1Mi")},
		Scheduling: &nodev1.Scheduling{NodeSelector: map[string]string{"no": "node", "fizz": "buzz"}, Tolerations: []corev1.Toleration{{Key: "k", Operator: "Exists", Effect: "NoSchedule"}}}}
	if err := first(admitted(ctx, w), create(ctx, classes, class)); err != nil {
		return err
	}
	defer func() { _ = classes.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	pod := idlePod("p", nil)
	pod.Spec.RuntimeClassName = &class.Name
	made, err := pods.Create(ctx, pod, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := first(
		same("overhead", brief(made.Spec.Overhead), `{"cpu":"10m","memory":"1Mi"}`), same("selector", brief(made.Spec.NodeSelector), `{"fizz":"buzz","no":"node"}`),
		same("toleration", slices.ContainsFunc(made.Spec.Tolerations, func(t corev1.Toleration) bool { return t.Key == "k" }), true),
	); err != nil {
		return err
	}
	pod.Name, pod.Spec.NodeSelector = "conflict", map[string]string{"fizz": "other"}
	if err := refused("another node", create(ctx, pods, pod), `pods "conflict" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[fizz] = buzz; pod.spec.nodeSelector[fizz] = other`); err != nil {
		return err
	}
	pod.Name, pod.Spec.NodeSelector, pod.Spec.RuntimeClassName = "none", nil, pointer("none-"+w.ns)
	return refused("no class", create(ctx, pods, pod), `pod rejected: RuntimeClass "none-`+w.ns+`" not found`)
}
