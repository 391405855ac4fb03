package org.bascule.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How the programs are started that the relay is compared with; each with one process or thread that carries the load. */
final class Peers {

    private Peers() {}

    /**
     * @param port where it listens
     * @param to the port that it connects to
     * @param folder for what it needs
     */
    static List<String> command(Target.Proxy.Kind kind, int port, int to, Path folder)
            throws IOException {
        return switch (kind) {
            case TCP -> List.of("haproxy", "-db", "-f", haproxy(port, to, folder).toString());
            case TLS -> List.of("nginx", "-p", folder.toString(), "-c", nginx(port, to, folder).toString());
            case BRIDGE -> List.of("websockify", "127.0.0.1:" + port, "127.0.0.1:" + to);
        };
    }

    /** With the curve and the cipher of the relay. */
    private static Path nginx(int port, int to, Path folder) throws IOException {
        Path key = folder.resolve("nginx.key");
        Path certificate = folder.resolve("nginx.pem");
        try {
            Process made = new ProcessBuilder(
                            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                            "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", key.toString(), "-out",
                            certificate.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("openssl.log").toFile())
                    .start();
            if (made.waitFor() != 0) {
                throw new IOException("openssl made no certificate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return Files.writeString(
                folder.resolve("nginx.conf"),
                """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  server {
                    listen 127.0.0.1:%2$d ssl;
                    ssl_certificate %4$s;
                    ssl_certificate_key %5$s;
                    ssl_protocols TLSv1.3;
                    ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
                    location / {
                      proxy_pass http://127.0.0.1:%3$d;
                      proxy_http_version 1.1;
                      proxy_set_header Upgrade $http_upgrade;
                      proxy_set_header Connection upgrade;
                      proxy_read_timeout 300s;
                    }
                  }
                }
                """
                        .formatted(folder, port, to, certificate, key));
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
}
