// Command etcd-kube asks an etcd, or what stands in for one, for what a
// kube-apiserver asks of it, with the client that kube-apiserver uses. It prints
// what is wrong and fails, or prints nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/kubernetes"
	"go.uber.org/zap"
)

var failed bool

func check(what string, ok bool) {
	if !ok {
		failed = true
		fmt.Println("wrong:", what)
	}
}

func must(what string, err error) {
	if err != nil {
		fmt.Println("failed:", what, err)
		os.Exit(1)
	}
}

func next(what string, watch clientv3.WatchChan) clientv3.WatchResponse {
	select {
	case response := <-watch:
		return response
	case <-time.After(20 * time.Second):
		must(what, errors.New("nothing comes"))
		panic("unreachable")
	}
}

func main() {
	client, err := kubernetes.New(clientv3.Config{
		Endpoints:   os.Args[1:],
		DialTimeout: 5 * time.Second,
		Logger:      zap.NewNop(),
	})
	must("connect", err)
	ctx := context.Background()
	kv := client.Kubernetes
	key := "/registry/things/default/a"

	created, err := kv.OptimisticPut(ctx, key, []byte("1"), 0, kubernetes.PutOptions{})
	must("create", err)
	check("a key is created", created.Succeeded)
	again, err := kv.OptimisticPut(ctx, key, []byte("x"), 0, kubernetes.PutOptions{GetOnFailure: true})
	must("create again", err)
	check("it is not created twice", !again.Succeeded && string(again.KV.Value) == "1" && again.KV.ModRevision == created.Revision)
	got, err := kv.Get(ctx, key, kubernetes.GetOptions{})
	must("get", err)
	check("it is read", string(got.KV.Value) == "1" && got.Revision >= created.Revision)

	// Both watches share a stream.
	leader := clientv3.WithRequireLeader(ctx)
	things := client.Watch(leader, "/registry/things/", clientv3.WithPrefix(), clientv3.WithPrevKV(),
		clientv3.WithRev(created.Revision), clientv3.WithProgressNotify())
	others := client.Watch(leader, "/registry/others/", clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	check("a watch says that it began", next("created", others).Created)
	event := next("the past", things).Events[0]
	check("a watch tells the past", event.IsCreate() && string(event.Kv.Value) == "1")

	lease, err := client.Grant(ctx, 3600)
	must("grant a lease", err)
	updated, err := kv.OptimisticPut(ctx, key, []byte("2"), created.Revision, kubernetes.PutOptions{LeaseID: lease.ID})
	must("update", err)
	check("a key is updated", updated.Succeeded)
	event = next("the update", things).Events[0]
	check("a watch tells of an update", event.IsModify() && string(event.PrevKv.Value) == "1" && event.Kv.Lease == int64(lease.ID))

	must("ask for progress", client.RequestProgress(leader))
	for _, watch := range []clientv3.WatchChan{things, others} {
		progress := next("progress", watch)
		check("every watch is told of progress", progress.IsProgressNotify() && progress.Header.Revision >= updated.Revision)
	}

	list, err := kv.List(ctx, "/registry/things/", kubernetes.ListOptions{Limit: 1})
	must("list", err)
	check("a list has its count and revision", len(list.Kvs) == 1 && list.Count == 1 && list.Revision >= updated.Revision)
	count, err := kv.Count(ctx, "/registry/things/", kubernetes.CountOptions{})
	must("count", err)
	check("keys are counted", count == 1)
	stream, err := client.GetStream(ctx, "/registry/", clientv3.WithRange(clientv3.GetPrefixRangeEnd("/registry/")))
	must("stream", err)
	streamed, revision := 0, int64(0)
	for part := range stream {
		must("stream", part.Err())
		streamed += len(part.RangeResponse.Kvs)
		if part.RangeResponse.Header != nil {
			revision = part.RangeResponse.Header.Revision
		}
	}
	check("a list is streamed", streamed == 1 && revision >= updated.Revision)

	elected, err := client.Txn(ctx).
		If(clientv3.Compare(clientv3.Version("compact_rev_key"), "=", 0)).
		Then(clientv3.OpPut("compact_rev_key", "0")).
		Else(clientv3.OpGet("compact_rev_key")).
		Commit()
	must("elect a compactor", err)
	check("a compactor is elected", elected.Succeeded)
	_, err = client.Compact(ctx, updated.Revision)
	must("compact", err)
	_, err = client.Compact(ctx, updated.Revision)
	check("it is compacted once", errors.Is(err, rpctypes.ErrCompacted))
	_, err = client.KV.Get(ctx, key, clientv3.WithRev(created.Revision))
	check("the past is gone", errors.Is(err, rpctypes.ErrCompacted))
	late := next("a late watch", client.Watch(leader, key, clientv3.WithRev(created.Revision)))
	check("a late watch is told", late.Canceled && late.CompactRevision == updated.Revision)

	deleted, err := kv.OptimisticDelete(ctx, key, created.Revision, kubernetes.DeleteOptions{GetOnFailure: true})
	must("delete", err)
	check("a changed key is not deleted", !deleted.Succeeded && string(deleted.KV.Value) == "2")
	deleted, err = kv.OptimisticDelete(ctx, key, updated.Revision, kubernetes.DeleteOptions{})
	must("delete", err)
	check("a key is deleted", deleted.Succeeded)
	event = next("the deletion", things).Events[0]
	check("a watch tells of a deletion", event.Type == clientv3.EventTypeDelete && string(event.PrevKv.Value) == "2")
	status, err := client.Status(ctx, os.Args[1])
	must("status", err)
	check("progress can be trusted by the release", status.Version >= "3.6")
	if failed {
		os.Exit(1)
	}
}
