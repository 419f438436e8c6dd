// The works of `cargo xtask bench client`, done with client-go.
//
//	bench-go KUBECONFIG list|watch|create|cold|informer
//
// It prints a line name<TAB>value<TAB>unit for each figure.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const protobuf = "application/vnd.kubernetes.protobuf"

func tell(name string, value float64, unit string) {
	fmt.Printf("%s\t%v\t%s\n", name, value, unit)
}

func statusMiB(field string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(text), "\n") {
		if rest, found := strings.CutPrefix(line, field); found {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			check(err)
			return kib / 1024
		}
	}
	return 0
}

func cpu() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func since(begun time.Time) float64 {
	return float64(time.Since(begun).Nanoseconds()) / 1e6
}

func client(path string) *kubernetes.Clientset {
	config, err := clientcmd.BuildConfigFromFlags("", path)
	check(err)
	config.QPS, config.Burst = -1, 0
	config.ContentType = protobuf
	config.AcceptContentTypes = protobuf + ",application/json"
	set, err := kubernetes.NewForConfig(config)
	check(err)
	return set
}

func list(set *kubernetes.Clientset) {
	best, least := 1e18, 1e18
	for range 5 {
		before := cpu()
		begun := time.Now()
		pods, err := set.CoreV1().Pods("many").List(context.Background(), metav1.ListOptions{})
		check(err)
		if len(pods.Items) != 10_000 {
			log.Fatalf("%d pods", len(pods.Items))
		}
		best = min(best, since(begun))
		least = min(least, cpu()-before)
	}
	tell("time", best, "ms")
	tell("CPU", least, "ms")
	tell("peak memory", statusMiB("VmHWM:"), "MiB")
}

func watch(set *kubernetes.Clientset, count int) {
	options := metav1.ListOptions{ResourceVersion: "0"}
	events, err := set.CoreV1().ConfigMaps("watched").Watch(context.Background(), options)
	check(err)
	fmt.Println("ready")
	before := 0.0
	for seen := 0; seen < count; seen++ {
		event, open := <-events.ResultChan()
		if !open {
			log.Fatal("the watch ended")
		}
		if seen == 0 {
			before = cpu()
		}
		if event.Object.(*corev1.ConfigMap).Name == "" {
			log.Fatal("no name")
		}
	}
	tell("CPU", cpu()-before, "ms")
}

func create(set *kubernetes.Clientset) {
	begun := time.Now()
	var all sync.WaitGroup
	names := make(chan string)
	for range 64 {
		all.Go(func() {
			for name := range names {
				made := &corev1.ConfigMap{
					ObjectMeta: metav1.ObjectMeta{Name: name},
					Data:       map[string]string{"key": strings.Repeat("x", 700)},
				}
				_, err := set.CoreV1().ConfigMaps("made-go").Create(context.Background(), made, metav1.CreateOptions{})
				check(err)
			}
		})
	}
	for at := range 10_000 {
		names <- fmt.Sprintf("m-%d", at)
	}
	close(names)
	all.Wait()
	tell("time", since(begun), "ms")
	tell("CPU", cpu(), "ms")
}

func cold(path string) {
	var took []float64
	for range 20 {
		begun := time.Now()
		_, err := client(path).CoreV1().Namespaces().Get(context.Background(), "default", metav1.GetOptions{})
		check(err)
		took = append(took, since(begun))
	}
	sort.Float64s(took)
	tell("time", took[len(took)/2], "ms")
}

func informer(set *kubernetes.Clientset) {
	before := statusMiB("VmRSS:")
	factory := informers.NewSharedInformerFactoryWithOptions(set, 0, informers.WithNamespace("many"))
	pods := factory.Core().V1().Pods().Informer()
	stop := make(chan struct{})
	factory.Start(stop)
	if !cache.WaitForCacheSync(stop, pods.HasSynced) {
		log.Fatal("not synced")
	}
	if len(pods.GetStore().ListKeys()) != 10_000 {
		log.Fatal("not all pods")
	}
	// What is held, not what was left behind.
	runtime.GC()
	debug.FreeOSMemory()
	time.Sleep(3 * time.Second)
	tell("memory", statusMiB("VmRSS:")-before, "MiB")
	tell("peak memory", statusMiB("VmHWM:"), "MiB")
	runtime.KeepAlive(pods)
}

func main() {
	if len(os.Args) < 3 {
		log.Fatal("bench-go KUBECONFIG list|watch|create|cold|informer")
	}
	path := os.Args[1]
	switch os.Args[2] {
	case "list":
		list(client(path))
	case "watch":
		count, err := strconv.Atoi(os.Args[3])
		check(err)
		watch(client(path), count)
	case "create":
		create(client(path))
	case "cold":
		cold(path)
	case "informer":
		informer(client(path))
	}
}
