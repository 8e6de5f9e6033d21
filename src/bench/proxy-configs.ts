/** A proxy to compare with: how to learn whether it is installed, its settings and its arguments. */
export interface ProxyConfig {
  /** Also its program. */
  name: string
  probe: string[]
  config: (places: { port: number; service: number; directory: string }) => string
  args: (file: string) => string[]
}

/** Each with one worker, kept connections to the service, no log of requests, the headers that ours adds. */
export const proxyConfigs: ProxyConfig[] = [
  {
    name: 'nginx',
    probe: ['nginx', '-v'],
    config: ({ port, service, directory }) => `
worker_processes 1;
daemon off;
master_process off;
pid ${directory}/pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 100000000;
  upstream service { server 127.0.0.1:${service}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Host $host;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,
    args: (file) => ['-c', file, '-e', 'stderr'],
  },
  {
    name: 'haproxy',
    probe: ['haproxy', '-v'],
    config: ({ port, service }) => `
global
  nbthread 1
  maxconn 1024
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option forwardfor
  http-reuse always
frontend front
  bind 127.0.0.1:${port}
  http-request set-header X-Forwarded-Host %[req.hdr(Host)]
  http-request set-header X-Forwarded-Proto http
  default_backend back
backend back
  server service 127.0.0.1:${service}
`,
    args: (file) => ['-db', '-f', file],
  },
  {
    name: 'caddy',
    probe: ['caddy', 'version'],
    config: ({ port, service }) => `{
\tadmin off
\tauto_https off
\tlog {
\t\tlevel ERROR
\t}
}

http://:${port} {
\tbind 127.0.0.1
\treverse_proxy 127.0.0.1:${service}
}
`,
    args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  },
]
