package org.bascule.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How the programs are started that the relay is compared with; each with one process or thread that carries the load. */
final class Peers {

    private Peers() {}

    /**
     * @param port where it listens
     * @param to the port that it connects to
     * @param folder for what it needs
     */
    static List<String> command(Target.Proxy.Kind kind, int port, int to, Path folder)
            throws IOException, InterruptedException {
        return switch (kind) {
            case TCP -> List.of("haproxy", "-db", "-f", haproxy(port, to, folder).toString());
            case BRIDGE -> List.of("websockify", "127.0.0.1:" + port, "127.0.0.1:" + to);
            case TLS -> List.of("nginx", "-p", folder.toString(), "-c", nginx(port, to, folder).toString());
        };
    }

    private static Path haproxy(int port, int to, Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("haproxy.cfg"),
                """
                global
                  nbthread 1
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 300s
                  timeout server 300s
                listen relay
                  bind 127.0.0.1:%d
                  server to 127.0.0.1:%d
                """
                        .formatted(port, to));
    }

    private static Path nginx(int port, int to, Path folder) throws IOException, InterruptedException {
        Path key = folder.resolve("key.pem");
        Path certificate = folder.resolve("certificate.pem");
        Process openssl = new ProcessBuilder(
                        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                        "-keyout", key.toString(), "-out", certificate.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile())
                .start();
        if (!openssl.waitFor(60, TimeUnit.SECONDS)) {
            openssl.destroyForcibly();
        }
        return Files.writeString(
                folder.resolve("nginx.conf"),
                """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log;
                events { worker_connections 256; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3; uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
                  server {
                    listen 127.0.0.1:%2$d ssl;
                    ssl_certificate %1$s/certificate.pem;
                    ssl_certificate_key %1$s/key.pem;
                    location / {
                      proxy_pass http://127.0.0.1:%3$d;
                      proxy_http_version 1.1;
                      proxy_set_header Upgrade $http_upgrade;
                      proxy_set_header Connection "upgrade";
                      proxy_read_timeout 300s;
                      proxy_buffer_size 64k;
                      proxy_buffers 8 64k;
                    }
                  }
                }
                """
                        .formatted(folder, port, to));
    }
}
