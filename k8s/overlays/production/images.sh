#!/bin/bash
# Builds the images, and pushes them by the names and with the tag that kustomization.yaml has for them.
set -euo pipefail
cd "$(dirname "$0")/../../.."

docker compose build
sed -nE 's/.*\{name: ([^,]+), newName: ([^,]+), newTag: ([^}]+)\}.*/\1 \2:\3/p' k8s/overlays/production/kustomization.yaml |
    while read -r built pushed; do
        docker tag "$built" "$pushed"
        docker push --quiet "$pushed"
    done
