// Holds Skeg against the libraries that every Kubernetes program in Go is made
// of: client-go and controller-runtime.
//
// It reads KUBECONFIG, runs each check in a namespace of its own, prints a line
// "ok NAME" or "FAIL NAME: why" for each, and ends with 1 when one failed. With
// arguments it runs only the checks that they name.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

// A world is what a check works in.
type world struct {
	config *rest.Config
	client *kubernetes.Clientset
	// ns is a namespace that nobody else uses.
	ns string
}

type check struct {
	name string
	run  func(ctx context.Context, w *world) error
}

var checks = []check{
	{"crud", crud},
	{"crud-protobuf", crudProtobuf},
	{"generate-name", generateName},
	{"conflict", conflict},
	{"retry-on-conflict", retryOnConflict},
	{"errors", apiErrors},
	{"patch-kinds", patchKinds},
	{"server-side-apply", serverSideApply},
	{"apply-conflict", applyConflict},
	{"extract-apply-configuration", extractApply},
	{"selectors", selectors},
	{"delete-collection", deleteCollection},
	{"finalizer", finalizer},
	{"dry-run", dryRun},
	{"status-subresource", statusSubresource},
	{"scale-subresource", scaleSubresource},
	{"watch", watchObjects},
	{"watch-bookmarks", watchBookmarks},
	{"continue-token-refused", continueTokenRefused},
	{"informers", informers},
	{"informer-index", informerIndex},
	{"metadata-informer", metadataInformer},
	{"pagination", pagination},
	{"table", table},
	{"discovery", discovered},
	{"rest-mapper", restMapper},
	{"dynamic", dynamicClient},
	{"dynamic-apply", dynamicApply},
	{"dynamic-informer", dynamicInformer},
	{"openapi", openAPI},
	{"leader-election", leaderElection},
	{"events", events},
	{"workqueue-controller", workqueueController},
	{"service-account-token", serviceAccountToken},
	{"access-review", accessReview},
	{"deployment-rolls-out", deploymentRollsOut},
	{"ctrl-client", ctrlClient},
	{"ctrl-manager", ctrlManager},
}

func main() {
	os.Exit(run())
}

func run() int {
	klog.SetOutput(os.Stderr)
	klog.LogToStderr(true)
	ctrllog.SetLogger(klog.Background())
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		fmt.Println("FAIL setup:", err)
		return 1
	}
	// The checks hold the server, not the client's own brake.
	config.QPS, config.Burst = 1000, 1000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		fmt.Println("FAIL setup:", err)
		return 1
	}
	failed := 0
	for _, c := range checks {
		if len(os.Args) > 1 && !slices.Contains(os.Args[1:], c.name) {
			continue
		}
		if err := one(c, config, client); err != nil {
			failed++
			fmt.Printf("FAIL %s: %v\n", c.name, err)
		} else {
			fmt.Println("ok", c.name)
		}
	}
	if failed > 0 {
		return 1
	}
	return 0
}

func one(c check, config *rest.Config, client *kubernetes.Clientset) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ns, err := newNamespace(ctx, client, c.name)
	if err != nil {
		return fmt.Errorf("namespace: %w", err)
	}
	return c.run(ctx, &world{config: config, client: client, ns: ns})
}
