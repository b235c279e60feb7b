{{- define "tidemark.name" -}}
{{- $name := .Release.Name -}}
{{- if not (contains .Chart.Name $name) -}}{{- $name = printf "%s-%s" $name .Chart.Name -}}{{- end -}}
{{- $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects the pods of a component. Called with root and component, as everything below. */}}
{{- define "tidemark.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "tidemark.labels" -}}
{{ include "tidemark.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "tidemark.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{/* What every pod has: no rights, no token of the cluster, and no variables by which a Service could change a setting. */}}
{{- define "tidemark.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  # The user "node" of the image.
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "tidemark.container" -}}
image: {{ include "tidemark.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* Settings, of which the one for the database is that of the component. */}}
{{- define "tidemark.env" -}}
{{- $values := .root.Values -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: { name: {{ $values.database.existingSecret }}, key: {{ get $values.database.keys .component }} }
{{- range $name, $value := $values.settings }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- range $name, $from := $values.secretSettings }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: { name: {{ $from.existingSecret }}, key: {{ $from.key }} }
{{- end }}
{{- with $values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tidemark.mounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if .root.Values.files.enabled }}
- { name: files, mountPath: /var/lib/tidemark/files }
{{- end }}
{{- with .root.Values.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tidemark.volumes" -}}
- { name: tmp, emptyDir: {} }
{{- if .root.Values.files.enabled }}
- name: files
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-files" (include "tidemark.name" .root)) .root.Values.files.existingClaim }}
{{- end }}
{{- with .root.Values.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where pods of a component run; spread over nodes as far as there are some. */}}
{{- define "tidemark.placement" -}}
{{- $place := get .root.Values .component -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "tidemark.selector" . | nindent 8 }}
{{- with $place.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $place.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $place.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
