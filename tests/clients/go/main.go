// Holds Skeg against the libraries that every Kubernetes program in Go is made
// of: client-go and controller-runtime.
//
// It reads KUBECONFIG, runs each check in a namespace of its own, prints a line
// "ok NAME" or "FAIL NAME: why" for each, and ends with 1 when one failed. With
// arguments it runs only the checks that they name, or begin with (`life-`).
// What the conformance tests of Kubernetes hold of a server without a node is
// walked by checks of its own, several at a time.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

// parallel is how many conformance checks run at a time.
const parallel = 8

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
	failed := atomic.Int64{}
	run := func(c check) {
		if err := one(c, config, client); err != nil {
			failed.Add(1)
			fmt.Printf("FAIL %s: %v\n", c.name, err)
		} else {
			fmt.Println("ok", c.name)
		}
	}
	for _, c := range checks {
		if wanted(c.name) {
			run(c)
		}
	}
	var all sync.WaitGroup
	places := make(chan struct{}, parallel)
	for _, c := range conformance {
		if wanted(c.name) {
			places <- struct{}{}
			all.Go(func() {
				run(c)
				<-places
			})
		}
	}
	all.Wait()
	if failed.Load() > 0 {
		return 1
	}
	return 0
}

func wanted(name string) bool {
	return len(os.Args) < 2 || slices.ContainsFunc(os.Args[1:], func(part string) bool { return strings.HasPrefix(name, part) })
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
