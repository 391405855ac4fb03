package org.bascule.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayClose;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** The relay's WAR as it is delivered, deployed by Arquillian on Payara Micro. */
@ArquillianTest
class RelayIT {

    @ArquillianResource
    URL base;

    @Deployment(testable = false)
    static WebArchive war() {
        return ShrinkWrap.create(ZipImporter.class, "relay.war")
                .importFrom(new File("../relay-ws/target/relay-ws.war"))
                .as(WebArchive.class);
    }

    /** One that is switched off admits nobody, and says so with its own code, whatever is sent. */
    @Test
    @RunAsClient
    void nobodyIsAdmittedWhileItIsSwitchedOff() throws Exception {
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        URI endpoint = URI.create("ws://" + base.getHost() + ":" + base.getPort() + base.getPath() + "v1/"
                + SessionId.random().hex());
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(endpoint, new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
                        closed.complete(statusCode);
                        return CompletableFuture.completedFuture(null);
                    }
                })
                .get(10, TimeUnit.SECONDS);
        // it may be closed before that is sent
        var unused = socket.sendText("not a token", true);
        assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo(RelayClose.REFUSED.code());
    }
}
