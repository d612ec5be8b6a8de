#!/bin/bash
# Gives the cluster the secrets that Flack runs with. What is missing is made, and kept in .flack/k8s/kept; doing it again changes
# only what was deleted there.
set -euo pipefail
cd "$(dirname "$0")/../../.."
vault=.flack/k8s

secret() {
    kubectl create secret "$@" --namespace=flack --dry-run=client --output=yaml
}
apply() {
    kubectl apply --filename=-
}
queues_of() {
    printf 'amqp://%s:%s@rabbitmq.flack.svc.cluster.local:5672/%%2F' "$1" "$(cat "$vault/kept/amqp_$1")"
}

mkdir -p "$vault"
docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD/$vault:/vault" flack/vault python -m vault /vault/kept /vault/parts
kubectl apply --filename=k8s/base/namespace.yaml

for service in auth messages push renderer renderer-api; do
    secret generic "$service" --from-file="$vault/parts/$service" | apply
done

# For CloudNativePG, which looks again at once at what has this label.
for role in auth messages; do
    secret generic "postgres-$role" --type=kubernetes.io/basic-auth \
        --from-literal=username="$role" --from-file=password="$vault/kept/database_$role" |
        kubectl label --local --filename=- cnpg.io/reload=true --output=yaml | apply
done

# For KEDA, which is in another namespace: with the whole name of the broker.
secret generic queues --from-file=messages=<(queues_of messages) --from-file=renderer=<(queues_of renderer) | apply
