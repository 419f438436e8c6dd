// Holds Skeg against controller-runtime's envtest, which starts programs by the
// names kube-apiserver and etcd from the folder in KUBEBUILDER_ASSETS and knows
// nothing of Skeg. Prints a line "ok NAME" or "FAIL NAME: why" for each check.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func main() {
	klog.SetOutput(os.Stderr)
	klog.LogToStderr(true)
	ctrllog.SetLogger(klog.Background())
	environment := &envtest.Environment{AttachControlPlaneOutput: true}
	begun := time.Now()
	config, err := environment.Start()
	took := time.Since(begun)
	if err != nil {
		fmt.Println("FAIL envtest-start:", err)
		os.Exit(1)
	}
	fmt.Println("ok envtest-start")
	fmt.Printf("note started within %v; upstream's kube-apiserver 1.37.1 with etcd takes 3 to 4 s\n", took.Round(time.Millisecond))
	failed := false
	type check struct {
		name string
		run  func(context.Context, *rest.Config) error
	}
	checks := []check{
		{"envtest-manager", manager},
		{"envtest-pod-without-account", podWithoutAccount},
		{"envtest-service-account-token", serviceAccountToken},
		{"envtest-unknown-user", unknownUser(environment)},
		{"envtest-watch-at-the-end", openWatch},
	}
	// With the folder that `skeg envtest --with-controllers gc,namespace` writes.
	if os.Getenv("ENVTEST_CONTROLLERS") != "" {
		checks = append(checks,
			check{"envtest-garbage-collection", garbageCollection},
			check{"envtest-namespace-deletion", namespaceDeletion})
	}
	for _, check := range checks {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		if err := check.run(ctx, config); err != nil {
			fmt.Printf("FAIL %s: %v\n", check.name, err)
			failed = true
		} else {
			fmt.Println("ok", check.name)
		}
		cancel()
	}
	// envtest waits 20 seconds for each program before it kills it, and says so.
	if err := environment.Stop(); err != nil {
		fmt.Println("FAIL envtest-stop:", err)
		failed = true
	} else {
		fmt.Println("ok envtest-stop")
	}
	if failed {
		os.Exit(1)
	}
}

// manager runs a controller that answers each ConfigMap with a label.
func manager(ctx context.Context, config *rest.Config) error {
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme.Scheme,
		Metrics: metricsserver.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	answer := func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
		var found corev1.ConfigMap
		if err := mgr.GetClient().Get(ctx, request.NamespacedName, &found); err != nil {
			return reconcile.Result{}, client.IgnoreNotFound(err)
		}
		if found.Labels["seen"] == "yes" {
			return reconcile.Result{}, nil
		}
		patch := client.MergeFrom(found.DeepCopy())
		metav1.SetMetaDataLabel(&found.ObjectMeta, "seen", "yes")
		return reconcile.Result{}, mgr.GetClient().Patch(ctx, &found, patch)
	}
	err = ctrl.NewControllerManagedBy(mgr).For(&corev1.ConfigMap{}).Complete(reconcile.Func(answer))
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(running) }()
	direct, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	configMaps := direct.CoreV1().ConfigMaps("default")
	made := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: "asked-"}}
	made, err = configMaps.Create(ctx, made, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	watch, err := configMaps.Watch(ctx, metav1.ListOptions{
		FieldSelector:   "metadata.name=" + made.Name,
		ResourceVersion: made.ResourceVersion,
	})
	if err != nil {
		return err
	}
	defer watch.Stop()
	for {
		select {
		case event, open := <-watch.ResultChan():
			if !open {
				return errors.New("the watch ended")
			}
			if held, ok := event.Object.(*corev1.ConfigMap); ok && held.Labels["seen"] == "yes" {
				stop()
				return <-ended
			}
		case err := <-ended:
			return fmt.Errorf("the manager ended: %w", err)
		}
	}
}

// envtest switches the admission plugin ServiceAccount off: nothing makes accounts here.
func podWithoutAccount(ctx context.Context, config *rest.Config) error {
	direct, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "p-"}}
	pod.Spec.Containers = []corev1.Container{{Name: "c", Image: "image"}}
	made, err := direct.CoreV1().Pods("default").Create(ctx, pod, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if len(made.Spec.Volumes) > 0 {
		return fmt.Errorf("the pod was given volumes: %v", made.Spec.Volumes)
	}
	return nil
}

// envtest has tokens signed by an elliptic curve, and gives the key to check them as a certificate.
func serviceAccountToken(ctx context.Context, config *rest.Config) error {
	direct, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	accounts := direct.CoreV1().ServiceAccounts("default")
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}
	if _, err := accounts.Create(ctx, account, metav1.CreateOptions{}); err != nil {
		return err
	}
	token, err := accounts.CreateToken(ctx, "robot", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	robot := rest.AnonymousClientConfig(config)
	robot.BearerToken = token.Status.Token
	asRobot, err := kubernetes.NewForConfig(robot)
	if err != nil {
		return err
	}
	review := &authenticationv1.SelfSubjectReview{}
	said, err := asRobot.AuthenticationV1().SelfSubjectReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if name := said.Status.UserInfo.Username; name != "system:serviceaccount:default:robot" {
		return fmt.Errorf("the token is %q's", name)
	}
	return nil
}

// unknownUser makes a user by a client certificate, who may not do anything.
func unknownUser(environment *envtest.Environment) func(context.Context, *rest.Config) error {
	return func(ctx context.Context, _ *rest.Config) error {
		user, err := environment.AddUser(envtest.User{Name: "stranger"}, nil)
		if err != nil {
			return err
		}
		direct, err := kubernetes.NewForConfig(user.Config())
		if err != nil {
			return err
		}
		_, err = direct.CoreV1().Secrets("default").List(ctx, metav1.ListOptions{})
		if !apierrors.IsForbidden(err) {
			return fmt.Errorf("not forbidden: %v", err)
		}
		return nil
	}
}

// garbageCollection deletes an owner, and waits until what it owns is gone.
func garbageCollection(ctx context.Context, config *rest.Config) error {
	direct, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	configMaps := direct.CoreV1().ConfigMaps("default")
	owner, err := configMaps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "owner"}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	owned := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Name:            "owned",
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(owner, corev1.SchemeGroupVersion.WithKind("ConfigMap"))},
	}}
	if _, err := configMaps.Create(ctx, owned, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := configMaps.Delete(ctx, "owner", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return untilGone(ctx, func() error {
		_, err := configMaps.Get(ctx, "owned", metav1.GetOptions{})
		return err
	})
}

// namespaceDeletion deletes a namespace with something in it.
func namespaceDeletion(ctx context.Context, config *rest.Config) error {
	direct, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	namespaces := direct.CoreV1().Namespaces()
	if _, err := namespaces.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "short"}}, metav1.CreateOptions{}); err != nil {
		return err
	}
	inside := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "inside"}}
	if _, err := direct.CoreV1().ConfigMaps("short").Create(ctx, inside, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := namespaces.Delete(ctx, "short", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return untilGone(ctx, func() error {
		_, err := namespaces.Get(ctx, "short", metav1.GetOptions{})
		return err
	})
}

func untilGone(ctx context.Context, get func() error) error {
	for {
		if err := get(); apierrors.IsNotFound(err) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("it stays")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// openWatch leaves a watch open, with which the programs must end all the same.
func openWatch(_ context.Context, config *rest.Config) error {
	direct, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	_, err = direct.CoreV1().Pods("").Watch(context.Background(), metav1.ListOptions{})
	return err
}
