package org.bascule.container;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import org.bascule.launcher.Demo;
import org.bascule.launcher.DemoException;
import org.bascule.launcher.DemoOptions;
import org.bascule.launcher.Progress;
import org.bascule.launcher.RunningDemo;
import org.bascule.launcher.state.Secrets;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Starts database and access server, installed and configured by the same scripts as anywhere, before Arquillian looks for its container. Does nothing unless the
 * system property {@code bascule.test.servers} asks for it.
 */
public final class ServersForContainerTests implements LauncherSessionListener {

    private @Nullable RunningDemo servers;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (!Boolean.getBoolean("bascule.test.servers")) {
            return;
        }
        Path folder = Path.of("target", "container").toAbsolutePath();
        try {
            servers = Demo.start(DemoOptions.in(Path.of("..", "ear", "launcher", "target"))
                    .withFolder(folder)
                    .withSecondDomain()
                    .serversOnly()
                    .withPorts(Map.of(
                            "http",
                            18080,
                            "https",
                            18443,
                            "admin",
                            14848,
                            "database",
                            13307,
                            "iiop",
                            13700,
                            "closed",
                            17676))
                    .withOutput(Progress.to(System.out)));
            Properties ports = new Properties();
            try (InputStream in = Files.newInputStream(folder.resolve("state/ports.properties"))) {
                ports.load(in);
            }
            String port = ports.getProperty("admin");
            String password = Secrets.in(folder.resolve("state/secrets")).password("payara-admin");
            openBeforeTheApplication(port, password);
            System.setProperty("arquillian.launch", "server");
            System.setProperty("bascule.admin.port", port);
            System.setProperty("bascule.admin.password", password);
        } catch (DemoException | IOException e) {
            throw new IllegalStateException("the servers for the container tests did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Arquillian looks for a listener whose {@code enabled} reads {@code true} before it deploys anything; an installation's opens with the application.
     * That of HTTPS is left as it was installed.
     */
    private static void openBeforeTheApplication(String port, String password)
            throws IOException, InterruptedException {
        String listener =
                "configs/config/server-config/network-config/network-listeners/network-listener/http-listener-1";
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://localhost:" + port + "/management/domain/" + listener))
                                .timeout(Duration.ofSeconds(60))
                                .header(
                                        "Authorization",
                                        "Basic "
                                                + Base64.getEncoder()
                                                        .encodeToString(("admin:" + password).getBytes(UTF_8)))
                                .header("X-Requested-By", "Bascule")
                                .header("Accept", "application/json")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString("enabled=true"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(
                    "the listener was not opened: " + answer.statusCode() + " " + answer.body());
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        RunningDemo running = servers;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
