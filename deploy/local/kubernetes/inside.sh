#!/bin/bash
# The first process of the private cluster's own mount and process namespaces. When it ends (killed, or with
# the process that made the namespaces), the kernel ends all processes in here, pods included, and drops all
# their mounts: nothing has to be cleaned up one by one.
#
# Every program finds its standard folder, and none touches the machine's: a folder that has to outlive the
# cluster is one of the state directory, mounted there; the others are empty at each start, as after a reboot.
set -eu
: "${KUBE:?}" "${CLUSTER:?}" "${NODE:?}" "${NODE_ADDRESS:?}" "${LOGS:?}"
: "${API_PORT:?}" "${STORE_PORT:?}" "${STORE_PEER_PORT:?}" "${STORE_FLAGS?}"

mount -t proc proc /proc
for kept in kubelet containerd; do
  mkdir -p "$CLUSTER/$kept"
  mount --bind "$CLUSTER/$kept" "/var/lib/$kept"
done
mount --make-rshared /var/lib/kubelet
for volatile in /run/containerd /var/lib/cni /var/log/containers; do
  mount -t tmpfs -o mode=755 tmpfs "$volatile"
done
mkdir -p "$CLUSTER/pod-logs"
mount --bind "$CLUSTER/pod-logs" /var/log/pods
# The API server asks the kubelet by the node's name; the kubelet listens on the loopback address only.
{ cat /etc/hosts; echo "127.0.0.1 $NODE"; } >"$CLUSTER/hosts"
mount --bind "$CLUSTER/hosts" /etc/hosts

# Runs a program for ever: one that dies, or is killed in a test, is started again.
keep() {
  local log="$LOGS/$1.log"
  shift
  while :; do
    "$@" >>"$log" 2>&1 || echo "--- ended with status $?, started again ---" >>"$log"
    sleep 1
  done &
}

etcd_url="http://127.0.0.1:$STORE_PORT"
etcd_peer_url="http://127.0.0.1:$STORE_PEER_PORT"
# etcd takes variables that begin with its own name for flags: ours are named otherwise.
# shellcheck disable=SC2086 # the flags are words
keep etcd "$KUBE" etcd --name "$NODE" --data-dir "$CLUSTER/etcd" $STORE_FLAGS \
  --listen-client-urls "$etcd_url" --advertise-client-urls "$etcd_url" \
  --listen-peer-urls "$etcd_peer_url" --initial-advertise-peer-urls "$etcd_peer_url" \
  --initial-cluster "$NODE=$etcd_peer_url" \
  --quota-backend-bytes 4294967296 --auto-compaction-retention 5m --log-level warn

keep containerd containerd --config "$CLUSTER/containerd.toml"

keep kube-apiserver "$KUBE" kube-apiserver --etcd-servers "$etcd_url" \
  --bind-address 127.0.0.1 --secure-port "$API_PORT" --advertise-address "$NODE_ADDRESS" \
  --endpoint-reconciler-type none --service-cluster-ip-range 10.96.0.0/16 \
  --tls-cert-file "$CLUSTER/keys/apiserver.crt" --tls-private-key-file "$CLUSTER/keys/apiserver.key" \
  --token-auth-file "$CLUSTER/keys/tokens.csv" --authorization-mode Node,RBAC \
  --enable-admission-plugins NodeRestriction,PodNodeSelector,PodTolerationRestriction \
  --max-requests-inflight 2000 --max-mutating-requests-inflight 1000 \
  --audit-policy-file "${0%/*}/audit-policy.yaml" --audit-log-path "$LOGS/audit.log" \
  --audit-log-maxsize 64 --audit-log-maxbackup 7 \
  --allow-privileged=true --profiling=false \
  --service-account-issuer https://kubernetes.default.svc \
  --service-account-key-file "$CLUSTER/keys/service-accounts.key" \
  --service-account-signing-key-file "$CLUSTER/keys/service-accounts.key" \
  --kubelet-preferred-address-types Hostname

# These give up when they find no API server: they wait for it here.
until "$KUBE" kubectl --kubeconfig "$CLUSTER/admin.kubeconfig" get --raw /readyz >/dev/null 2>&1; do sleep 0.2; done

keep kube-controller-manager "$KUBE" kube-controller-manager \
  --kubeconfig "$CLUSTER/controller-manager.kubeconfig" --secure-port 0 --leader-elect=false \
  --kube-api-qps 500 --kube-api-burst 1000 \
  --use-service-account-credentials=true --profiling=false \
  --service-account-private-key-file "$CLUSTER/keys/service-accounts.key" \
  --root-ca-file "$CLUSTER/keys/apiserver.crt"

keep kube-scheduler "$KUBE" kube-scheduler --kubeconfig "$CLUSTER/scheduler.kubeconfig" \
  --kube-api-qps 1000 --kube-api-burst 2000 --secure-port 0 --leader-elect=false --profiling=false

keep kubelet "$KUBE" kubelet --config "$CLUSTER/kubelet.json" --kubeconfig "$CLUSTER/kubelet.kubeconfig" \
  --hostname-override "$NODE" --node-ip "$NODE_ADDRESS"

while :; do wait || true; sleep 1; done
