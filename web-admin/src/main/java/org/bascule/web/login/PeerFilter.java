package org.bascule.web.login;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Optional;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.Site;

/**
 * Stands before the WebSocket endpoints: tells them the {@link Peer}, and refuses a socket that another site opened with this site's cookie.
 */
public class PeerFilter extends HttpFilter {

    @Inject
    private transient Site site;

    @Inject
    private transient ForgeryRules forgery;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            Problem.of(ProblemCode.NOT_FOUND, "This is a WebSocket.").send(request, response);
            return;
        }
        Optional<SignedIn> login = Requests.login(request);
        if (login.isPresent() && !forgery.isOurs(request.getHeader("Origin"))) {
            Problem.of(ProblemCode.CSRF).send(request, response);
            return;
        }
        Peer peer = new Peer(
                site.proxies().client(request), Requests.identity(request).orElse(null));
        chain.doFilter(
                new HttpServletRequestWrapper(request) {
                    @Override
                    public Principal getUserPrincipal() {
                        return peer;
                    }
                },
                response);
    }
}
