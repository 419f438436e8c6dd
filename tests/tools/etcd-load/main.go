// Command etcd-load writes to etcd as an API server does, by compare-and-swap
// on the mod revision, from many writers at once, and says how fast that was.
//
// Every writer owns one key and overwrites it in a closed loop: the next write
// starts when the last one was acknowledged. `cargo xtask bench store` runs it
// beside the same load against skeg's embedded store.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:2379", "etcd's client address")
	writers := flag.Int("writers", 64, "writers at once")
	connections := flag.Int("connections", 4, "gRPC connections that the writers share")
	valueBytes := flag.Int("value-bytes", 1024, "size of a value")
	warmUp := flag.Duration("warm-up", time.Second, "time before the measurement")
	measured := flag.Duration("duration", 5*time.Second, "time of the measurement")
	flag.Parse()

	if err := run(*endpoint, *writers, *connections, *valueBytes, *warmUp, *measured); err != nil {
		fmt.Fprintln(os.Stderr, "etcd-load:", err)
		os.Exit(1)
	}
}

func run(endpoint string, writers, connections, valueBytes int, warmUp, measured time.Duration) error {
	clients := make([]*clientv3.Client, connections)
	for i := range clients {
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 5 * time.Second})
		if err != nil {
			return err
		}
		defer client.Close()
		clients[i] = client
	}

	start := time.Now()
	from, until := start.Add(warmUp), start.Add(warmUp+measured)
	ctx, cancel := context.WithDeadline(context.Background(), until.Add(10*time.Second))
	defer cancel()

	latencies := make([][]time.Duration, writers)
	failures := make([]error, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Add(1)
		go func() {
			defer group.Done()
			latencies[i], failures[i] = write(ctx, clients[i%connections], i, valueBytes, from, until)
		}()
	}
	group.Wait()

	var all []time.Duration
	for i := range writers {
		if failures[i] != nil {
			return failures[i]
		}
		all = append(all, latencies[i]...)
	}
	if len(all) == 0 {
		return fmt.Errorf("no write was acknowledged in %s", measured)
	}
	sort.Slice(all, func(a, b int) bool { return all[a] < all[b] })
	at := func(q float64) int64 { return all[int(q*float64(len(all)-1))].Microseconds() }
	fmt.Printf("{\"writes\":%d,\"seconds\":%.3f,\"writes_per_second\":%.0f,\"p50_us\":%d,\"p99_us\":%d}\n",
		len(all), measured.Seconds(), float64(len(all))/measured.Seconds(), at(0.50), at(0.99))
	return nil
}

// write overwrites one key until the end and returns how long each of the
// writes that ended within the measurement took.
func write(ctx context.Context, client *clientv3.Client, id, valueBytes int, from, until time.Time) ([]time.Duration, error) {
	key := fmt.Sprintf("/registry/configmaps/bench/writer-%03d", id)
	value := make([]byte, valueBytes)
	for i := range value {
		value[i] = byte('a' + (i+id)%26)
	}
	var revision int64
	var latencies []time.Duration
	for n := 0; ; n++ {
		copy(value, fmt.Sprintf("%016d", n))
		began := time.Now()
		if began.After(until) {
			return latencies, nil
		}
		reply, err := client.Txn(ctx).
			If(clientv3.Compare(clientv3.ModRevision(key), "=", revision)).
			Then(clientv3.OpPut(key, string(value))).
			Commit()
		if err != nil {
			return nil, err
		}
		if !reply.Succeeded {
			return nil, fmt.Errorf("compare-and-swap of %s at revision %d lost, though nobody else writes it", key, revision)
		}
		revision = reply.Header.Revision
		if ended := time.Now(); ended.After(from) && ended.Before(until) {
			latencies = append(latencies, ended.Sub(began))
		}
	}
}
