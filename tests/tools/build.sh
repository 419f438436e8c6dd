#!/bin/sh
# Builds the programs that tests and benchmarks run beside skeg into bin/.
#
#   build.sh [kubectl|etcd|etcdctl|helm|etcd-load|etcd-kube|apiextensions-apiserver|pod-security-webhook|field-manager ...]     (all when none is named)
#
# A program is built again only when its binary is older than go.mod or its
# sources here; Go's own cache does the rest.
set -eu
cd "$(dirname "$0")"
mkdir -p bin

# kubectl names the version that it was released as, and the commit's date
# stands for the build's, so that the same sources give the same binary.
kubernetes=v1.37.1
version=k8s.io/component-base/version

build() {
    name=$1
    package=$2
    flags=$3
    if [ -x "bin/$name" ] && [ -z "$(find go.mod go.sum build.sh kubectl etcd-load etcd-kube field-manager -newer "bin/$name" 2>/dev/null)" ]; then
        return
    fi
    echo "building $name" >&2
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w $flags" -o "bin/$name.new" "$package"
    mv "bin/$name.new" "bin/$name"
}

[ $# -gt 0 ] || set -- kubectl etcd etcdctl etcd-load etcd-kube helm apiextensions-apiserver pod-security-webhook field-manager
for program in "$@"; do
    case $program in
        kubectl) build kubectl ./kubectl "-X $version.gitVersion=$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=37 -X $version.gitTreeState=clean" ;;
        etcd) build etcd go.etcd.io/etcd/server/v3 "" ;;
        etcdctl) build etcdctl go.etcd.io/etcd/etcdctl/v3 "" ;;
        apiextensions-apiserver) build apiextensions-apiserver k8s.io/apiextensions-apiserver "" ;;
        pod-security-webhook) build pod-security-webhook k8s.io/pod-security-admission/cmd/webhook "" ;;
        helm) build helm helm.sh/helm/v4/cmd/helm "" ;;
        field-manager) build field-manager ./field-manager "" ;;
        etcd-load) build etcd-load ./etcd-load "" ;;
        etcd-kube) build etcd-kube ./etcd-kube "" ;;
        *) echo "build.sh: unknown program $program (known: kubectl etcd etcdctl etcd-load etcd-kube helm apiextensions-apiserver pod-security-webhook field-manager)" >&2; exit 2 ;;
    esac
done
