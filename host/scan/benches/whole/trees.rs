//! A generated tree of Kubernetes manifests; the tree of Terraform is shared.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::Failure;

/// Resources in each file, and files in each folder.
const OF_A_FILE: usize = 4;
const OF_A_FOLDER: usize = 100;

/// A workload with related objects; some of it passes and some violates controls.
fn workload(number: usize) -> String {
    let privileged = number.is_multiple_of(7);
    let user = if number.is_multiple_of(3) { 0 } else { 10_001 };
    format!(
        r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: web{number}
  namespace: shop{folder}
  labels: {{app: web{number}, tier: front}}
spec:
  replicas: 3
  selector:
    matchLabels: {{app: web{number}}}
  template:
    metadata:
      labels: {{app: web{number}, tier: front}}
    spec:
      serviceAccountName: web{number}
      containers:
        - name: app
          image: registry.example.org/shop/web:1.{number}.0
          args: ["--listen", "0.0.0.0:8080", "--verbose"]
          ports: [{{containerPort: 8080, name: http}}]
          env:
            - {{name: MODE, value: production}}
            - name: TOKEN
              valueFrom: {{secretKeyRef: {{name: web{number}, key: token}}}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          securityContext:
            privileged: {privileged}
            runAsUser: {user}
          readinessProbe:
            httpGet: {{path: /ready, port: http}}
        - name: log
          image: registry.example.org/shop/log
          volumeMounts: [{{name: data, mountPath: /data}}]
      volumes:
        - {{name: data, emptyDir: {{}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: web{number}, namespace: shop{folder}}}
spec:
  selector: {{app: web{number}}}
  ports: [{{port: 80, targetPort: http}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: web{number}, namespace: shop{folder}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: web{number}, namespace: shop{folder}}}
rules:
  - apiGroups: [""]
    resources: [configmaps, secrets]
    verbs: [get, list]
"#,
        folder = number / OF_A_FOLDER
    )
}

/// Writes a tree of about `resources` resources; returns its size in bytes.
pub(crate) fn kubernetes(top: &Path, resources: usize) -> Result<u64, Failure> {
    let mut bytes = 0;
    for number in 0..resources.div_ceil(OF_A_FILE) {
        let mut path = format!("deploy/shop{}", number / OF_A_FOLDER);
        fs::create_dir_all(top.join(&path))?;
        write!(path, "/web{number}.yaml")?;
        let text = workload(number);
        bytes += text.len() as u64;
        fs::write(top.join(path), text)?;
    }
    Ok(bytes)
}
