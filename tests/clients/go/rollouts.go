package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// rollouts are the checks of Deployments, StatefulSets and DaemonSets as they change
// their pods. This program plays the nodes.
var rollouts = []check{
	{"rollout-adopts", rolloutAdopts},
	{"rollout-recreates", rolloutRecreates},
	{"rollout-rolls-over", rolloutRollsOver},
	{"rollout-scales-in-proportion", rolloutScalesInProportion},
	{"rollout-forgets", rolloutForgets},
	{"stateful-order", statefulOrder},
	{"stateful-parallel", statefulParallel},
	{"stateful-partition", statefulPartition},
	{"stateful-on-delete", statefulOnDelete},
	{"stateful-claims", statefulClaims},
	{"stateful-failed-pod", statefulFailedPod},
	{"stateful-start", statefulStart},
	{"daemon-pods", daemonPods},
	{"budgets", budgetsOfPods},
}

// ready tells that the pods run, or that they do not.
func ready(ctx context.Context, w *world, well bool, pods ...corev1.Pod) error {
	status := "True"
	if !well {
		status = "False"
	}
	for _, pod := range pods {
		told := fmt.Sprintf(`{"status":{"phase":"Running","conditions":[{"type":"Ready","status":%q,"lastTransitionTime":"2026-01-02T03:04:05Z"}]}}`, status)
		if _, err := w.client.CoreV1().Pods(w.ns).Patch(ctx, pod.Name, types.StrategicMergePatchType, []byte(told), metav1.PatchOptions{}, "status"); err != nil && !absent(err) {
			return err
		}
	}
	return nil
}

// settle makes every pod of the app ready until cond holds.
func settle(ctx context.Context, w *world, app, what string, cond func(pods []corev1.Pod) (bool, error)) error {
	return eventually(ctx, what, func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=" + app})
		if err != nil {
			return false, err
		}
		for _, pod := range list.Items {
			if pod.Status.Phase == corev1.PodPending {
				if err := ready(ctx, w, true, pod); err != nil {
					return false, err
				}
			}
		}
		return cond(list.Items)
	})
}

func patchOf(change map[string]any) []byte {
	text, _ := json.Marshal(change)
	return text
}

func images(pods []corev1.Pod) string {
	out := []string{}
	for _, pod := range pods {
		out = append(out, pod.Spec.Containers[0].Image)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

const otherImage = `{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"other"}]}}}}`

// rolledOut waits until a Deployment is done.
func rolledOut(ctx context.Context, w *world, name string) error {
	return settle(ctx, w, name, name+" is rolled out", func([]corev1.Pod) (bool, error) {
		got, err := w.client.AppsV1().Deployments(w.ns).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		want := *got.Spec.Replicas
		status := got.Status
		return status.ObservedGeneration == got.Generation && status.UpdatedReplicas == want && status.Replicas == want && status.AvailableReplicas == want, nil
	})
}

// rolloutAdopts takes over a ReplicaSet, and counts on from its revision.
func rolloutAdopts(ctx context.Context, w *world) error {
	old := replicaSet("web", 1)
	old.Name = "older"
	old.Labels = map[string]string{"app": "web", "pod": "older"}
	old.Annotations = map[string]string{"deployment.kubernetes.io/revision": "3546343826724305832"}
	old.Spec.Selector.MatchLabels["pod"], old.Spec.Template.Labels["pod"] = "older", "older"
	if err := first(admitted(ctx, w), create(ctx, w.client.AppsV1().ReplicaSets(w.ns), old)); err != nil {
		return err
	}
	if err := settle(ctx, w, "web", "the older runs", func(pods []corev1.Pod) (bool, error) { return len(pods) == 1, nil }); err != nil {
		return err
	}
	web := idleDeployment("web", 1)
	web.Spec.Template.Spec.Containers[0].Image = "other"
	if err := first(create(ctx, w.client.AppsV1().Deployments(w.ns), web), rolledOut(ctx, w, "web")); err != nil {
		return err
	}
	got, err := w.client.AppsV1().Deployments(w.ns).Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := same("revision", got.Annotations["deployment.kubernetes.io/revision"], "3546343826724305833"); err != nil {
		return err
	}
	if older, err := w.client.AppsV1().ReplicaSets(w.ns).Get(ctx, "older", metav1.GetOptions{}); err != nil || *older.Spec.Replicas != 0 || metav1.GetControllerOf(older) == nil {
		return fmt.Errorf("the older is %s (%v)", brief(older), err)
	}
	conditions := map[appsv1.DeploymentConditionType]string{}
	for _, condition := range got.Status.Conditions {
		conditions[condition.Type] = string(condition.Status) + condition.Reason
	}
	return first(same("available", conditions["Available"], "TrueMinimumReplicasAvailable"), same("progressing", conditions["Progressing"], "TrueNewReplicaSetAvailable"))
}

func rolloutRecreates(ctx context.Context, w *world) error {
	web := idleDeployment("web", 2)
	web.Spec.Strategy.Type = appsv1.RecreateDeploymentStrategyType
	deployments := w.client.AppsV1().Deployments(w.ns)
	if err := first(admitted(ctx, w), create(ctx, deployments, web), rolledOut(ctx, w, "web")); err != nil {
		return err
	}
	if _, err := deployments.Patch(ctx, "web", types.StrategicMergePatchType, []byte(otherImage), metav1.PatchOptions{}); err != nil {
		return err
	}
	mixed := false
	if err := settle(ctx, w, "web", "all pods are new", func(pods []corev1.Pod) (bool, error) {
		seen := images(pods)
		mixed = mixed || strings.Contains(seen, "i") && strings.Contains(seen, "other")
		return seen == "other other", nil
	}); err != nil {
		return err
	}
	return first(same("new beside old", mixed, false), rolledOut(ctx, w, "web"))
}

func rolloutRollsOver(ctx context.Context, w *world) error {
	deployments := w.client.AppsV1().Deployments(w.ns)
	web := idleDeployment("web", 1)
	web.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{MaxUnavailable: pointer(intstr.FromInt32(0)), MaxSurge: pointer(intstr.FromInt32(1))}
	if err := first(admitted(ctx, w), create(ctx, deployments, web), rolledOut(ctx, w, "web")); err != nil {
		return err
	}
	for revision, image := range []string{"stuck", "good"} {
		if _, err := deployments.Patch(ctx, "web", types.StrategicMergePatchType, []byte(strings.Replace(otherImage, "other", image, 1)), metav1.PatchOptions{}); err != nil {
			return err
		}
		// The first never gets ready; the old one stays beside it.
		if err := eventually(ctx, image+" is there", func(ctx context.Context) (bool, error) {
			got, err := deployments.Get(ctx, "web", metav1.GetOptions{})
			if err != nil || got.Annotations["deployment.kubernetes.io/revision"] != fmt.Sprint(revision+2) {
				return false, err
			}
			list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
			return err == nil && images(list.Items) == image+" i" || images(list.Items) == "i "+image || images(list.Items) == image+" i stuck", err
		}); err != nil {
			return err
		}
	}
	if err := rolledOut(ctx, w, "web"); err != nil {
		return err
	}
	_, err := podsOf(ctx, w, "web", 1)
	return err
}

func rolloutScalesInProportion(ctx context.Context, w *world) error {
	deployments, sets := w.client.AppsV1().Deployments(w.ns), w.client.AppsV1().ReplicaSets(w.ns)
	web := idleDeployment("web", 10)
	web.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{MaxUnavailable: pointer(intstr.FromInt32(2)), MaxSurge: pointer(intstr.FromInt32(3))}
	if err := first(admitted(ctx, w), create(ctx, deployments, web), rolledOut(ctx, w, "web")); err != nil {
		return err
	}
	sizes := func(want string) error {
		last := ""
		err := eventually(ctx, "the sizes are "+want, func(ctx context.Context) (bool, error) {
			list, err := sets.List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
			if err != nil {
				return false, err
			}
			found := []string{}
			for _, set := range list.Items {
				found = append(found, fmt.Sprintf("%s=%d", set.Spec.Template.Spec.Containers[0].Image, *set.Spec.Replicas))
			}
			slices.Sort(found)
			last = strings.Join(found, " ")
			return last == want, nil
		})
		if err != nil {
			return fmt.Errorf("%w: %s", err, last)
		}
		return nil
	}
	for _, step := range []struct{ patch, sizes string }{
		{otherImage, "i=8 other=5"}, {`{"spec":{"replicas":30}}`, "i=20 other=13"},
	} {
		if _, err := deployments.Patch(ctx, "web", types.StrategicMergePatchType, []byte(step.patch), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := sizes(step.sizes); err != nil {
			return err
		}
	}
	return nil
}

func rolloutForgets(ctx context.Context, w *world) error {
	deployments := w.client.AppsV1().Deployments(w.ns)
	web := idleDeployment("web", 1)
	web.Spec.RevisionHistoryLimit = pointer[int32](0)
	if err := first(admitted(ctx, w), create(ctx, deployments, web), rolledOut(ctx, w, "web")); err != nil {
		return err
	}
	if _, err := deployments.Patch(ctx, "web", types.StrategicMergePatchType, []byte(otherImage), metav1.PatchOptions{}); err != nil {
		return err
	}
	return settle(ctx, w, "web", "one ReplicaSet is left", func(pods []corev1.Pod) (bool, error) {
		list, err := w.client.AppsV1().ReplicaSets(w.ns).List(ctx, metav1.ListOptions{})
		return err == nil && len(list.Items) == 1 && images(pods) == "other", err
	})
}

func idleStateful(name string, replicas int32) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: appsv1.StatefulSetSpec{
		Replicas: &replicas, ServiceName: name, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}, Template: idleTemplate(name),
	}}
}

func namesOf(pods []corev1.Pod) string {
	out := []string{}
	for _, pod := range pods {
		if pod.DeletionTimestamp == nil {
			out = append(out, pod.Name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// statefulPods waits for exactly these pods.
func statefulPods(ctx context.Context, w *world, names string) ([]corev1.Pod, error) {
	var found []corev1.Pod
	err := eventually(ctx, "the pods are "+names, func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=s"})
		if err != nil {
			return false, err
		}
		found = list.Items
		return namesOf(found) == names, nil
	})
	return found, err
}

func scaleTo(ctx context.Context, w *world, replicas int) error {
	_, err := w.client.AppsV1().StatefulSets(w.ns).Patch(ctx, "s", types.MergePatchType, patchOf(map[string]any{"spec": map[string]any{"replicas": replicas}}), metav1.PatchOptions{})
	return err
}

// statefulOrder makes the pods one after the other, as the one before is well, and takes them in the opposite order.
func statefulOrder(ctx context.Context, w *world) error {
	if err := first(admitted(ctx, w), create(ctx, w.client.AppsV1().StatefulSets(w.ns), idleStateful("s", 3))); err != nil {
		return err
	}
	for _, names := range []string{"s-0", "s-0 s-1", "s-0 s-1 s-2"} {
		pods, err := statefulPods(ctx, w, names)
		if err != nil {
			return err
		}
		pod := pods[len(pods)-1]
		if err := first(
			same("label of the name", pod.Labels["statefulset.kubernetes.io/pod-name"], pod.Name), same("label of the index", pod.Labels["apps.kubernetes.io/pod-index"], pod.Name[2:]),
			same("host name", pod.Spec.Hostname, pod.Name), same("subdomain", pod.Spec.Subdomain, "s"), ready(ctx, w, true, pods...),
		); err != nil {
			return err
		}
	}
	// When none is well nothing goes: the last waits for those before it.
	pods, err := statefulPods(ctx, w, "s-0 s-1 s-2")
	if err := first(err, ready(ctx, w, false, pods...)); err != nil {
		return err
	}
	status := func(healthy int32) error {
		return eventually(ctx, fmt.Sprintf("%d of 3 are well", healthy), func(ctx context.Context) (bool, error) {
			got, err := w.client.AppsV1().StatefulSets(w.ns).Get(ctx, "s", metav1.GetOptions{})
			return err == nil && got.Status.ObservedGeneration == got.Generation && got.Status.ReadyReplicas == healthy && got.Status.Replicas == 3, err
		})
	}
	if err := first(status(0), scaleTo(ctx, w, 0), status(0)); err != nil {
		return err
	}
	if err := ready(ctx, w, true, pods...); err != nil {
		return err
	}
	_, err = statefulPods(ctx, w, "")
	return err
}

func statefulParallel(ctx context.Context, w *world) error {
	set := idleStateful("s", 3)
	set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	if err := first(admitted(ctx, w), create(ctx, w.client.AppsV1().StatefulSets(w.ns), set)); err != nil {
		return err
	}
	if _, err := statefulPods(ctx, w, "s-0 s-1 s-2"); err != nil {
		return err
	}
	if err := scaleTo(ctx, w, 1); err != nil {
		return err
	}
	_, err := statefulPods(ctx, w, "s-0")
	return err
}

// statefulPartition updates from the end down to the partition, and goes back to a revision that it knows.
func statefulPartition(ctx context.Context, w *world) error {
	sets := w.client.AppsV1().StatefulSets(w.ns)
	set := idleStateful("s", 3)
	set.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{Type: "RollingUpdate", RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{Partition: pointer[int32](3)}}
	if err := first(admitted(ctx, w), create(ctx, sets, set)); err != nil {
		return err
	}
	revisions := func(want string) (out appsv1.StatefulSetStatus, err error) {
		last := ""
		err = settle(ctx, w, "s", "the images are "+want, func(pods []corev1.Pod) (bool, error) {
			byName := []string{}
			slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
			got, err := sets.Get(ctx, "s", metav1.GetOptions{})
			if err != nil {
				return false, err
			}
			for _, pod := range pods {
				byName = append(byName, pod.Spec.Containers[0].Image)
				right := got.Status.CurrentRevision
				if pod.Spec.Containers[0].Image == "other" {
					right = got.Status.UpdateRevision
				}
				if pod.Labels["controller-revision-hash"] != right {
					return false, nil
				}
			}
			last, out = strings.Join(byName, " ")+brief(got.Status), got.Status
			return strings.Join(byName, " ") == want && got.Status.ReadyReplicas == 3 && got.Status.ObservedGeneration == got.Generation, nil
		})
		if err != nil {
			err = fmt.Errorf("%w: %s", err, last)
		}
		return out, err
	}
	before, err := revisions("i i i")
	if err != nil {
		return err
	}
	if err := same("revisions", before.CurrentRevision, before.UpdateRevision); err != nil {
		return err
	}
	if _, err := sets.Patch(ctx, "s", types.StrategicMergePatchType, []byte(otherImage), metav1.PatchOptions{}); err != nil {
		return err
	}
	if _, err := revisions("i i i"); err != nil {
		return err
	}
	for _, step := range []struct {
		partition int
		images    string
	}{{2, "i i other"}, {1, "i other other"}} {
		if _, err := sets.Patch(ctx, "s", types.MergePatchType, []byte(fmt.Sprintf(`{"spec":{"updateStrategy":{"rollingUpdate":{"partition":%d}}}}`, step.partition)), metav1.PatchOptions{}); err != nil {
			return err
		}
		status, err := revisions(step.images)
		if err != nil {
			return err
		}
		if err := same("a new revision", status.UpdateRevision != before.UpdateRevision && status.CurrentRevision == before.CurrentRevision, true); err != nil {
			return err
		}
	}
	// A pod of the old part comes back as it was.
	if err := w.client.CoreV1().Pods(w.ns).Delete(ctx, "s-0", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if _, err := revisions("i other other"); err != nil {
		return err
	}
	if _, err := sets.Patch(ctx, "s", types.MergePatchType, []byte(`{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}},"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	after, err := revisions("i i i")
	if err != nil {
		return err
	}
	history, err := w.client.AppsV1().ControllerRevisions(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=s"})
	if err != nil {
		return err
	}
	for _, revision := range history.Items {
		if revision.Name == before.UpdateRevision {
			return first(same("revision", after.UpdateRevision, before.UpdateRevision), same("its number", revision.Revision, 3), same("revisions kept", len(history.Items), 2))
		}
	}
	return fmt.Errorf("the first revision is gone: %s", brief(history.Items))
}

func statefulOnDelete(ctx context.Context, w *world) error {
	sets := w.client.AppsV1().StatefulSets(w.ns)
	set := idleStateful("s", 2)
	set.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType
	if err := first(admitted(ctx, w), create(ctx, sets, set)); err != nil {
		return err
	}
	if err := settle(ctx, w, "s", "two run", func(pods []corev1.Pod) (bool, error) { return len(pods) == 2, nil }); err != nil {
		return err
	}
	if _, err := sets.Patch(ctx, "s", types.StrategicMergePatchType, []byte(otherImage), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := w.client.CoreV1().Pods(w.ns).Delete(ctx, "s-0", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return settle(ctx, w, "s", "the deleted one is new", func(pods []corev1.Pod) (bool, error) {
		slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
		return len(pods) == 2 && pods[0].Spec.Containers[0].Image == "other" && pods[1].Spec.Containers[0].Image == "i", nil
	})
}

// statefulClaims makes a claim for each pod; who owns them hangs on the policy.
func statefulClaims(ctx context.Context, w *world) error {
	sets, claims := w.client.AppsV1().StatefulSets(w.ns), w.client.CoreV1().PersistentVolumeClaims(w.ns)
	set := idleStateful("s", 2)
	set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"}, StorageClassName: pointer("none"), Resources: corev1.VolumeResourceRequirements{Requests: amounts("storage", "1Mi")},
	}}}
	if err := first(admitted(ctx, w), create(ctx, sets, set)); err != nil {
		return err
	}
	owners := func(want string) error {
		last := ""
		err := eventually(ctx, "the claims are "+want, func(ctx context.Context) (bool, error) {
			list, err := claims.List(ctx, metav1.ListOptions{LabelSelector: "app=s"})
			if err != nil {
				return false, err
			}
			found := []string{}
			for _, claim := range list.Items {
				if claim.DeletionTimestamp != nil {
					continue
				}
				text := claim.Name
				for _, owner := range claim.OwnerReferences {
					text += "<" + owner.Name
				}
				found = append(found, text)
			}
			last = strings.Join(found, " ")
			return last == want, nil
		})
		if err != nil {
			return fmt.Errorf("%w: %s", err, last)
		}
		return nil
	}
	pods, err := statefulPods(ctx, w, "s-0 s-1")
	if err != nil {
		return err
	}
	if err := first(same("volume", pods[0].Spec.Volumes[0].PersistentVolumeClaim.ClaimName, "data-s-0"), owners("data-s-0 data-s-1")); err != nil {
		return err
	}
	if _, err := sets.Patch(ctx, "s", types.MergePatchType, []byte(`{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Delete","whenScaled":"Delete"}}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := owners("data-s-0<s data-s-1<s"); err != nil {
		return err
	}
	if err := scaleTo(ctx, w, 1); err != nil {
		return err
	}
	if err := owners("data-s-0<s"); err != nil {
		return err
	}
	if err := sets.Delete(ctx, "s", metav1.DeleteOptions{PropagationPolicy: pointer(metav1.DeletePropagationBackground)}); err != nil {
		return err
	}
	return owners("")
}

func statefulFailedPod(ctx context.Context, w *world) error {
	if err := first(admitted(ctx, w), create(ctx, w.client.AppsV1().StatefulSets(w.ns), idleStateful("s", 1))); err != nil {
		return err
	}
	pods, err := statefulPods(ctx, w, "s-0")
	if err != nil {
		return err
	}
	if err := ends(ctx, w, "s-0", 1); err != nil {
		return err
	}
	return eventually(ctx, "another takes its place", func(ctx context.Context) (bool, error) {
		pod, err := w.client.CoreV1().Pods(w.ns).Get(ctx, "s-0", metav1.GetOptions{})
		if absent(err) {
			return false, nil
		}
		return err == nil && pod.UID != pods[0].UID && pod.Status.Phase == corev1.PodPending, err
	})
}

func statefulStart(ctx context.Context, w *world) error {
	set := idleStateful("s", 2)
	set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	set.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: 2}
	if err := first(admitted(ctx, w), create(ctx, w.client.AppsV1().StatefulSets(w.ns), set)); err != nil {
		return err
	}
	if _, err := statefulPods(ctx, w, "s-2 s-3"); err != nil {
		return err
	}
	for _, step := range []struct{ patch, pods string }{{`{"spec":{"ordinals":{"start":3}}}`, "s-3 s-4"}, {`{"spec":{"ordinals":null}}`, "s-0 s-1"}} {
		if _, err := w.client.AppsV1().StatefulSets(w.ns).Patch(ctx, "s", types.MergePatchType, []byte(step.patch), metav1.PatchOptions{}); err != nil {
			return err
		}
		if _, err := statefulPods(ctx, w, step.pods); err != nil {
			return err
		}
	}
	return nil
}

// daemonPods follows the labels of its node, and makes a failed pod anew.
func daemonPods(ctx context.Context, w *world) error {
	nodes, sets := w.client.CoreV1().Nodes(), w.client.AppsV1().DaemonSets(w.ns)
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: w.ns, Labels: map[string]string{"color": "none", "of": w.ns}}}
	if err := first(admitted(ctx, w), create(ctx, nodes, node)); err != nil {
		return err
	}
	defer func() { _ = nodes.Delete(context.WithoutCancel(ctx), w.ns, metav1.DeleteOptions{}) }()
	set := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "d"}, Spec: appsv1.DaemonSetSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "d"}}, Template: idleTemplate("d")}}
	set.Spec.Template.Spec.NodeSelector = map[string]string{"color": "blue", "of": w.ns}
	set.Spec.Template.Spec.TerminationGracePeriodSeconds = pointer[int64](0)
	if err := create(ctx, sets, set); err != nil {
		return err
	}
	color := func(color string, pods int) ([]corev1.Pod, error) {
		if _, err := nodes.Patch(ctx, w.ns, types.MergePatchType, []byte(`{"metadata":{"labels":{"color":"`+color+`"}}}`), metav1.PatchOptions{}); err != nil {
			return nil, err
		}
		return podsOf(ctx, w, "d", pods)
	}
	pods, err := color("blue", 1)
	if err != nil {
		return err
	}
	terms := pods[0].Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	if err := first(same("node of the affinity", terms[0].MatchFields[0].Values[0], w.ns), same("hash", pods[0].Labels["controller-revision-hash"] != "", true), same("tolerations", len(pods[0].Spec.Tolerations), 6)); err != nil {
		return err
	}
	if err := ends(ctx, w, pods[0].Name, 1); err != nil {
		return err
	}
	if err := eventually(ctx, "the failed pod is made anew", func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "app=d"})
		return err == nil && len(list.Items) == 1 && list.Items[0].UID != pods[0].UID, err
	}); err != nil {
		return err
	}
	if _, err := color("green", 0); err != nil {
		return err
	}
	if _, err := sets.Patch(ctx, "d", types.MergePatchType, []byte(`{"spec":{"updateStrategy":{"type":"RollingUpdate"},"template":{"spec":{"nodeSelector":{"color":"green"}}}}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if pods, err = podsOf(ctx, w, "d", 1); err != nil {
		return err
	}
	return eventually(ctx, "the status is told", func(ctx context.Context) (bool, error) {
		if err := ready(ctx, w, true, pods...); err != nil {
			return false, err
		}
		got, err := sets.Get(ctx, "d", metav1.GetOptions{})
		status := got.Status
		return err == nil && status.ObservedGeneration == got.Generation && status.DesiredNumberScheduled == 1 && status.CurrentNumberScheduled == 1 &&
			status.NumberReady == 1 && status.NumberAvailable == 1 && status.UpdatedNumberScheduled == 1 && status.NumberMisscheduled == 0, err
	})
}

// budgetsOfPods: percentages, pods of two budgets, and pods that are not well.
func budgetsOfPods(ctx context.Context, w *world) error {
	budgets, pods := w.client.PolicyV1().PodDisruptionBudgets(w.ns), w.client.CoreV1().Pods(w.ns)
	if err := first(admitted(ctx, w), create(ctx, w.client.AppsV1().ReplicaSets(w.ns), replicaSet("rs", 10))); err != nil {
		return err
	}
	found, err := podsOf(ctx, w, "rs", 10)
	if err != nil {
		return err
	}
	budget := func(name string, spec policyv1.PodDisruptionBudgetSpec) error {
		spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "rs"}}
		return create(ctx, budgets, &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: spec})
	}
	evict := func(name string) error {
		return pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: w.ns}})
	}
	// The failure comes as if something had been made.
	ambiguous := func(name string) error {
		body := policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: name}}
		answer, err := w.client.CoreV1().RESTClient().Post().Namespace(w.ns).Resource("pods").Name(name).SubResource("eviction").Body(&body).SetHeader("Accept", "application/json").Do(ctx).Raw()
		if err != nil || !strings.Contains(string(answer), `"status":"Failure","message":"This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.","code":500`) {
			return fmt.Errorf("a pod of two budgets: %s (%v)", answer, err)
		}
		return nil
	}
	allowed := func(name, want string) error {
		last := ""
		err := eventually(ctx, "the budget is "+want, func(ctx context.Context) (bool, error) {
			got, err := budgets.Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return false, err
			}
			status := got.Status
			last = fmt.Sprintf("%d of %d, %d wanted, %d allowed", status.CurrentHealthy, status.ExpectedPods, status.DesiredHealthy, status.DisruptionsAllowed)
			return last == want && status.ObservedGeneration == got.Generation, nil
		})
		if err != nil {
			return fmt.Errorf("%w: %s", err, last)
		}
		return nil
	}
	if err := first(
		ready(ctx, w, true, found[:9]...), ready(ctx, w, false, found[9]), budget("one", policyv1.PodDisruptionBudgetSpec{MaxUnavailable: pointer(intstr.FromString("10%"))}),
		allowed("one", "9 of 10, 9 wanted, 0 allowed"), refused("an eviction", evict(found[0].Name), "Cannot evict pod as it would violate the pod's disruption budget."),
		// One that is not well is not counted: it may go while the budget holds.
		evict(found[9].Name),
	); err != nil {
		return err
	}
	if found, err = podsOf(ctx, w, "rs", 10); err != nil {
		return err
	}
	return first(
		ready(ctx, w, true, found...), allowed("one", "10 of 10, 9 wanted, 1 allowed"), budget("two", policyv1.PodDisruptionBudgetSpec{MinAvailable: pointer(intstr.FromString("90%"))}),
		allowed("two", "10 of 10, 9 wanted, 1 allowed"), ambiguous(found[0].Name),
		budgets.Delete(ctx, "two", metav1.DeleteOptions{}), evict(found[0].Name), refused("a second eviction", evict(found[1].Name), "Cannot evict pod as it would violate the pod's disruption budget."),
	)
}
