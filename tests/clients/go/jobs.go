package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// jobs are the checks of Jobs and CronJobs. Their pods wait for a node that never
// comes: this program tells how they end.
var jobs = []check{
	{"job-completes", jobCompletes},
	{"job-indexed", jobIndexed},
	{"job-suspended", jobSuspended},
	{"job-adopts", jobAdopts},
	{"job-deadline", jobDeadline},
	{"job-backoff", jobBackoff},
	{"job-backoff-per-index", jobBackoffPerIndex},
	{"job-max-failed-indexes", jobMaxFailedIndexes},
	{"job-failure-policy", jobFailurePolicy},
	{"job-success-policy", jobSuccessPolicy},
	{"job-elastic", jobElastic},
	{"job-managed-by", jobManagedBy},
	{"job-replacement", jobReplacement},
	{"job-after-finished", jobAfterFinished},
	{"cronjob-suspended", cronSuspended},
}

func idleJob(name string, parallelism, completions int32) *batchv1.Job {
	template := idleTemplate(name)
	template.Spec.RestartPolicy = corev1.RestartPolicyNever
	return &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: batchv1.JobSpec{
		Parallelism: &parallelism, Completions: &completions, BackoffLimit: pointer[int32](6), Template: template,
	}}
}

func startJob(ctx context.Context, w *world, job *batchv1.Job) error {
	return first(admitted(ctx, w), create(ctx, w.client.BatchV1().Jobs(w.ns), job))
}

// ends tells that a pod has ended with a code.
func ends(ctx context.Context, w *world, pod string, code int, conditions ...string) error {
	phase := "Succeeded"
	if code != 0 {
		phase = "Failed"
	}
	told := []string{}
	for _, condition := range conditions {
		told = append(told, fmt.Sprintf(`{"type":%q,"status":"True","reason":"Test"}`, condition))
	}
	status := fmt.Sprintf(`{"status":{"phase":%q,"conditions":[%s],"containerStatuses":[{"name":"c","image":"i","imageID":"","ready":false,"restartCount":0,"state":{"terminated":{"exitCode":%d,"finishedAt":"2026-01-02T03:04:05Z"}}}]}}`,
		phase, strings.Join(told, ","), code)
	_, err := w.client.CoreV1().Pods(w.ns).Patch(ctx, pod, types.StrategicMergePatchType, []byte(status), metav1.PatchOptions{}, "status")
	return err
}

func index(pod corev1.Pod) string { return pod.Annotations["batch.kubernetes.io/job-completion-index"] }

// running waits for so many pods of the job that have not ended, in the order of their indexes.
func running(ctx context.Context, w *world, job string, count int) ([]corev1.Pod, error) {
	var found []corev1.Pod
	err := eventually(ctx, fmt.Sprintf("%d pods run for %s", count, job), func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "batch.kubernetes.io/job-name=" + job})
		if err != nil {
			return false, err
		}
		found = slices.DeleteFunc(list.Items, func(pod corev1.Pod) bool {
			return pod.Status.Phase != corev1.PodPending || pod.DeletionTimestamp != nil
		})
		return len(found) == count, nil
	})
	slices.SortFunc(found, func(a, b corev1.Pod) int { return strings.Compare(index(a), index(b)) })
	return found, err
}

// job waits until the job is as wanted.
func jobIs(ctx context.Context, w *world, name, what string, wanted func(*batchv1.Job) bool) error {
	last := ""
	err := eventually(ctx, name+" "+what, func(ctx context.Context) (bool, error) {
		got, err := w.client.BatchV1().Jobs(w.ns).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		last = brief(got.Status)
		return wanted(got), nil
	})
	if err != nil {
		return fmt.Errorf("%w: %s", err, last)
	}
	return nil
}

// jobEnds waits for the conditions, in this order, and that the pods are let go.
func jobEnds(ctx context.Context, w *world, name, conditions string) error {
	if err := jobIs(ctx, w, name, "has "+conditions, func(job *batchv1.Job) bool {
		told := []string{}
		for _, condition := range job.Status.Conditions {
			told = append(told, string(condition.Type)+"="+condition.Reason)
		}
		return strings.Join(told, " ") == conditions
	}); err != nil {
		return err
	}
	return eventually(ctx, "no pod is held", func(ctx context.Context) (bool, error) {
		list, err := w.client.CoreV1().Pods(w.ns).List(ctx, metav1.ListOptions{LabelSelector: "batch.kubernetes.io/job-name=" + name})
		if err != nil {
			return false, err
		}
		return !slices.ContainsFunc(list.Items, func(pod corev1.Pod) bool { return len(pod.Finalizers) > 0 }), nil
	})
}

func jobCompletes(ctx context.Context, w *world) error {
	if err := startJob(ctx, w, idleJob("j", 2, 4)); err != nil {
		return err
	}
	for range 2 {
		pods, err := running(ctx, w, "j", 2)
		if err != nil {
			return err
		}
		for _, pod := range pods {
			owner := metav1.GetControllerOf(&pod)
			if owner == nil || owner.Kind != "Job" || !slices.Contains(pod.Finalizers, "batch.kubernetes.io/job-tracking") || pod.GenerateName != "j-" ||
				pod.Labels["job-name"] != "j" || pod.Labels["controller-uid"] != string(owner.UID) || pod.Labels["batch.kubernetes.io/controller-uid"] != string(owner.UID) {
				return fmt.Errorf("the pod is %s", brief(pod.ObjectMeta))
			}
			if err := ends(ctx, w, pod.Name, 0); err != nil {
				return err
			}
		}
	}
	if err := jobEnds(ctx, w, "j", "SuccessCriteriaMet=CompletionsReached Complete=CompletionsReached"); err != nil {
		return err
	}
	return jobIs(ctx, w, "j", "counts its pods", func(job *batchv1.Job) bool {
		status := job.Status
		return status.Succeeded == 4 && status.Failed == 0 && status.Active == 0 && *status.Ready == 0 && *status.Terminating == 0 &&
			status.CompletionTime != nil && status.StartTime != nil && len(status.UncountedTerminatedPods.Succeeded) == 0
	})
}

// indexed makes the job one of indexes.
func indexed(job *batchv1.Job) *batchv1.Job {
	job.Spec.CompletionMode = pointer(batchv1.IndexedCompletion)
	return job
}

func jobIndexed(ctx context.Context, w *world) error {
	if err := startJob(ctx, w, indexed(idleJob("j", 2, 4))); err != nil {
		return err
	}
	for round := range 2 {
		pods, err := running(ctx, w, "j", 2)
		if err != nil {
			return err
		}
		for i, pod := range pods {
			want := fmt.Sprint(2*round + i)
			container := pod.Spec.Containers[0]
			if err := first(
				same("index", index(pod), want), same("label", pod.Labels["batch.kubernetes.io/job-completion-index"], want),
				same("host name", pod.Spec.Hostname, "j-"+want), same("name", strings.HasPrefix(pod.Name, "j-"+want+"-"), true),
				same("variable", container.Env[0].Name, "JOB_COMPLETION_INDEX"),
				same("its source", container.Env[0].ValueFrom.FieldRef.FieldPath, "metadata.labels['batch.kubernetes.io/job-completion-index']"),
				ends(ctx, w, pod.Name, 0),
			); err != nil {
				return err
			}
		}
	}
	return first(
		jobEnds(ctx, w, "j", "SuccessCriteriaMet=CompletionsReached Complete=CompletionsReached"),
		jobIs(ctx, w, "j", "tells its indexes", func(job *batchv1.Job) bool { return job.Status.CompletedIndexes == "0-3" }),
	)
}

// suspend says whether the job rests.
func suspend(ctx context.Context, w *world, name string, rests bool) error {
	_, err := w.client.BatchV1().Jobs(w.ns).Patch(ctx, name, types.MergePatchType, []byte(fmt.Sprintf(`{"spec":{"suspend":%t}}`, rests)), metav1.PatchOptions{})
	return err
}

// jobRests says that the Job tells of its rest.
func jobRests(job *batchv1.Job) bool {
	return len(job.Status.Conditions) == 1 && job.Status.Conditions[0].Type == batchv1.JobSuspended && job.Status.Conditions[0].Status == "True"
}

func jobSuspended(ctx context.Context, w *world) error {
	job := idleJob("j", 2, 4)
	job.Spec.Suspend = pointer(true)
	told := func(status corev1.ConditionStatus, reason string) func(*batchv1.Job) bool {
		return func(job *batchv1.Job) bool {
			return len(job.Status.Conditions) == 1 && job.Status.Conditions[0].Type == batchv1.JobSuspended && job.Status.Conditions[0].Status == status &&
				job.Status.Conditions[0].Reason == reason && (job.Status.StartTime == nil) == (status == "True") && job.Status.Ready != nil
		}
	}
	if err := first(startJob(ctx, w, job), jobIs(ctx, w, "j", "rests", told("True", "JobSuspended"))); err != nil {
		return err
	}
	if _, err := running(ctx, w, "j", 0); err != nil {
		return err
	}
	if err := first(suspend(ctx, w, "j", false), jobIs(ctx, w, "j", "goes on", told("False", "JobResumed"))); err != nil {
		return err
	}
	if _, err := running(ctx, w, "j", 2); err != nil {
		return err
	}
	if err := first(suspend(ctx, w, "j", true), jobIs(ctx, w, "j", "rests again", told("True", "JobSuspended"))); err != nil {
		return err
	}
	_, err := running(ctx, w, "j", 0)
	return first(err, jobIs(ctx, w, "j", "has no pods", func(job *batchv1.Job) bool { return job.Status.Active == 0 }))
}

func jobAdopts(ctx context.Context, w *world) error {
	if err := startJob(ctx, w, idleJob("j", 2, 4)); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 2)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		patch string
		owned bool
	}{{`{"metadata":{"ownerReferences":null}}`, true}, {`{"metadata":{"labels":null}}`, false}} {
		if _, err := w.client.CoreV1().Pods(w.ns).Patch(ctx, pods[0].Name, types.MergePatchType, []byte(step.patch), metav1.PatchOptions{}); err != nil {
			return err
		}
		if err := eventually(ctx, fmt.Sprintf("the pod is owned: %t", step.owned), func(ctx context.Context) (bool, error) {
			pod, err := w.client.CoreV1().Pods(w.ns).Get(ctx, pods[0].Name, metav1.GetOptions{})
			return err == nil && (metav1.GetControllerOf(pod) != nil) == step.owned, err
		}); err != nil {
			return err
		}
	}
	if _, err := running(ctx, w, "j", 2); err != nil {
		return err
	}
	if err := w.client.BatchV1().Jobs(w.ns).Delete(ctx, "j", metav1.DeleteOptions{PropagationPolicy: pointer(metav1.DeletePropagationForeground)}); err != nil {
		return err
	}
	_, err = running(ctx, w, "j", 0)
	return err
}

func jobDeadline(ctx context.Context, w *world) error {
	job := idleJob("j", 2, 4)
	job.Spec.ActiveDeadlineSeconds = pointer[int64](1)
	return first(startJob(ctx, w, job), jobEnds(ctx, w, "j", "FailureTarget=DeadlineExceeded Failed=DeadlineExceeded"))
}

func jobBackoff(ctx context.Context, w *world) error {
	job := idleJob("j", 2, 2)
	job.Spec.BackoffLimit = pointer[int32](0)
	if err := startJob(ctx, w, job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 2)
	if err != nil {
		return err
	}
	return first(
		ends(ctx, w, pods[0].Name, 1), jobEnds(ctx, w, "j", "FailureTarget=BackoffLimitExceeded Failed=BackoffLimitExceeded"),
		jobIs(ctx, w, "j", "counts both pods as failed", func(job *batchv1.Job) bool { return job.Status.Failed == 2 && job.Status.CompletionTime == nil }),
	)
}

func jobBackoffPerIndex(ctx context.Context, w *world) error {
	job := indexed(idleJob("j", 4, 4))
	job.Spec.BackoffLimit, job.Spec.BackoffLimitPerIndex = nil, pointer[int32](0)
	if err := startJob(ctx, w, job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 4)
	if err != nil {
		return err
	}
	for i, pod := range pods {
		if err := first(same("failures before", pod.Annotations["batch.kubernetes.io/job-index-failure-count"], "0"), ends(ctx, w, pod.Name, i%2)); err != nil {
			return err
		}
	}
	return first(
		jobEnds(ctx, w, "j", "FailureTarget=FailedIndexes Failed=FailedIndexes"),
		jobIs(ctx, w, "j", "tells its indexes", func(job *batchv1.Job) bool {
			return job.Status.CompletedIndexes == "0,2" && *job.Status.FailedIndexes == "1,3" && job.Status.Failed == 2 && job.Status.Succeeded == 2 && *job.Spec.BackoffLimit == 2147483647
		}),
	)
}

func jobMaxFailedIndexes(ctx context.Context, w *world) error {
	job := indexed(idleJob("j", 1, 4))
	job.Spec.BackoffLimit, job.Spec.BackoffLimitPerIndex, job.Spec.MaxFailedIndexes = nil, pointer[int32](0), pointer[int32](0)
	if err := startJob(ctx, w, job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 1)
	if err != nil {
		return err
	}
	return first(
		ends(ctx, w, pods[0].Name, 1), jobEnds(ctx, w, "j", "FailureTarget=MaxFailedIndexesExceeded Failed=MaxFailedIndexesExceeded"),
		jobIs(ctx, w, "j", "tells its index", func(job *batchv1.Job) bool { return *job.Status.FailedIndexes == "0" && job.Status.Failed == 1 }),
	)
}

// jobFailurePolicy ignores one code, fails an index for another, and the whole job for a third.
func jobFailurePolicy(ctx context.Context, w *world) error {
	job := indexed(idleJob("j", 3, 3))
	job.Spec.BackoffLimit, job.Spec.BackoffLimitPerIndex = nil, pointer[int32](1)
	rule := func(action batchv1.PodFailurePolicyAction, code int32) batchv1.PodFailurePolicyRule {
		return batchv1.PodFailurePolicyRule{Action: action, OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: "In", Values: []int32{code}}}
	}
	job.Spec.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{
		{Action: "Ignore", OnPodConditions: []batchv1.PodFailurePolicyOnPodConditionsPattern{{Type: "DisruptionTarget", Status: "True"}}}, rule("FailIndex", 3), rule("FailJob", 4),
	}}
	if err := startJob(ctx, w, job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 3)
	if err != nil {
		return err
	}
	if err := first(ends(ctx, w, pods[0].Name, 137, "DisruptionTarget"), ends(ctx, w, pods[1].Name, 3)); err != nil {
		return err
	}
	if err := jobIs(ctx, w, "j", "counts one index as failed", func(job *batchv1.Job) bool {
		return job.Status.FailedIndexes != nil && *job.Status.FailedIndexes == "1" && job.Status.Failed == 1
	}); err != nil {
		return err
	}
	if pods, err = running(ctx, w, "j", 2); err != nil {
		return err
	}
	return first(
		same("failures that count", pods[0].Annotations["batch.kubernetes.io/job-index-failure-count"], "0"),
		same("failures ignored", pods[0].Annotations["batch.kubernetes.io/job-index-ignored-failure-count"], "1"),
		ends(ctx, w, pods[1].Name, 4), jobEnds(ctx, w, "j", "FailureTarget=PodFailurePolicy Failed=PodFailurePolicy"),
		jobIs(ctx, w, "j", "says why", func(job *batchv1.Job) bool {
			return job.Status.Conditions[1].Message == "Container c for pod "+w.ns+"/"+pods[1].Name+" failed with exit code 4 matching FailJob rule at index 2"
		}),
	)
}

func jobSuccessPolicy(ctx context.Context, w *world) error {
	job := indexed(idleJob("j", 3, 5))
	job.Spec.SuccessPolicy = &batchv1.SuccessPolicy{Rules: []batchv1.SuccessPolicyRule{{SucceededIndexes: pointer("1-2"), SucceededCount: pointer[int32](1)}}}
	if err := startJob(ctx, w, job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 3)
	if err != nil {
		return err
	}
	return first(
		ends(ctx, w, pods[1].Name, 0), jobEnds(ctx, w, "j", "SuccessCriteriaMet=SuccessPolicy Complete=SuccessPolicy"),
		jobIs(ctx, w, "j", "has ended its other pods", func(job *batchv1.Job) bool {
			return job.Status.CompletedIndexes == "1" && job.Status.Succeeded == 1 && job.Status.Active == 0 && job.Status.Conditions[0].Message == "Matched rules at index 0"
		}),
	)
}

// jobElastic changes how many indexes there are.
func jobElastic(ctx context.Context, w *world) error {
	if err := startJob(ctx, w, indexed(idleJob("j", 3, 3))); err != nil {
		return err
	}
	if _, err := running(ctx, w, "j", 3); err != nil {
		return err
	}
	jobs := w.client.BatchV1().Jobs(w.ns)
	_, err := jobs.Patch(ctx, "j", types.MergePatchType, []byte(`{"spec":{"completions":4}}`), metav1.PatchOptions{})
	if err := refused("completions alone", err, `spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism`); err != nil {
		return err
	}
	for _, count := range []int{4, 2} {
		if _, err := jobs.Patch(ctx, "j", types.MergePatchType, []byte(fmt.Sprintf(`{"spec":{"completions":%d,"parallelism":%d}}`, count, count)), metav1.PatchOptions{}); err != nil {
			return err
		}
		pods, err := running(ctx, w, "j", count)
		if err != nil {
			return err
		}
		if err := same("last index", index(pods[count-1]), fmt.Sprint(count-1)); err != nil {
			return err
		}
	}
	return nil
}

// jobManagedBy leaves alone what somebody else manages, as long as that lives.
func jobManagedBy(ctx context.Context, w *world) error {
	job := idleJob("other", 1, 1)
	job.Spec.ManagedBy = pointer("example.com/manager")
	if err := first(startJob(ctx, w, job), startJob(ctx, w, idleJob("ours", 1, 1))); err != nil {
		return err
	}
	if _, err := running(ctx, w, "ours", 1); err != nil {
		return err
	}
	_, err := running(ctx, w, "other", 0)
	return first(err, jobIs(ctx, w, "other", "is left alone", func(job *batchv1.Job) bool { return job.Status.StartTime == nil }))
}

// jobReplacement makes another pod only when the first has failed, not when it goes.
func jobReplacement(ctx context.Context, w *world) error {
	job := idleJob("j", 1, 1)
	job.Spec.PodReplacementPolicy = pointer(batchv1.Failed)
	if err := startJob(ctx, w, job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 1)
	if err != nil {
		return err
	}
	if err := w.client.CoreV1().Pods(w.ns).Delete(ctx, pods[0].Name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := jobIs(ctx, w, "j", "waits for the end of its pod", func(job *batchv1.Job) bool {
		return job.Status.Active == 0 && job.Status.Failed == 0 && *job.Status.Terminating == 1
	}); err != nil {
		return err
	}
	if err := ends(ctx, w, pods[0].Name, 143); err != nil {
		return err
	}
	if err := jobIs(ctx, w, "j", "counts a failure", func(job *batchv1.Job) bool { return job.Status.Failed == 1 && *job.Status.Terminating == 0 }); err != nil {
		return err
	}
	again, err := running(ctx, w, "j", 1)
	if err != nil {
		return err
	}
	return same("another pod", again[0].UID != pods[0].UID, true)
}

func jobAfterFinished(ctx context.Context, w *world) error {
	job := idleJob("j", 1, 1)
	job.Spec.TTLSecondsAfterFinished = pointer[int32](0)
	if err := startJob(ctx, w, job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "j", 1)
	if err != nil {
		return err
	}
	if err := ends(ctx, w, pods[0].Name, 0); err != nil {
		return err
	}
	return eventually(ctx, "job and pod are gone", func(ctx context.Context) (bool, error) {
		_, job := w.client.BatchV1().Jobs(w.ns).Get(ctx, "j", metav1.GetOptions{})
		_, pod := w.client.CoreV1().Pods(w.ns).Get(ctx, pods[0].Name, metav1.GetOptions{})
		return absent(job) && absent(pod), nil
	})
}

// cronSuspended starts nothing, and a Job that is made of it by hand is its own.
func cronSuspended(ctx context.Context, w *world) error {
	crons := w.client.BatchV1().CronJobs(w.ns)
	cron := &batchv1.CronJob{ObjectMeta: metav1.ObjectMeta{Name: "c"}, Spec: batchv1.CronJobSpec{
		Schedule: "*/1 * * * *", Suspend: pointer(true), JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: idleJob("x", 1, 1).Spec.Template}},
	}}
	if err := first(admitted(ctx, w), create(ctx, crons, cron)); err != nil {
		return err
	}
	made, err := crons.Get(ctx, "c", metav1.GetOptions{})
	if err != nil {
		return err
	}
	job := idleJob("by-hand", 1, 1)
	job.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(made, batchv1.SchemeGroupVersion.WithKind("CronJob"))}
	if err := create(ctx, w.client.BatchV1().Jobs(w.ns), job); err != nil {
		return err
	}
	pods, err := running(ctx, w, "by-hand", 1)
	if err != nil {
		return err
	}
	if err := ends(ctx, w, pods[0].Name, 0); err != nil {
		return err
	}
	if err := eventually(ctx, "the success is told", func(ctx context.Context) (bool, error) {
		cron, err := crons.Get(ctx, "c", metav1.GetOptions{})
		return err == nil && cron.Status.LastSuccessfulTime != nil && len(cron.Status.Active) == 0 && cron.Status.LastScheduleTime == nil, err
	}); err != nil {
		return err
	}
	if err := crons.Delete(ctx, "c", metav1.DeleteOptions{PropagationPolicy: pointer(metav1.DeletePropagationBackground)}); err != nil {
		return err
	}
	return eventually(ctx, "jobs and pods go with their CronJob", func(ctx context.Context) (bool, error) {
		_, job := w.client.BatchV1().Jobs(w.ns).Get(ctx, "by-hand", metav1.GetOptions{})
		_, pod := w.client.CoreV1().Pods(w.ns).Get(ctx, pods[0].Name, metav1.GetOptions{})
		return absent(job) && absent(pod), nil
	})
}
