package org.bascule.web.login;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;

/**
 * Stands before the WebSockets: refuses one that another site opened with this site's cookie.
 */
public class SocketFilter extends HttpFilter {

    @Inject
    private transient ForgeryRules forgery;

    @Inject
    private transient RefusedRequests refused;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            Problem.of(ProblemCode.NOT_FOUND, "This is a WebSocket.").send(request, response);
            return;
        }
        Optional<SignedIn> login = Requests.login(request);
        if (login.isPresent() && !forgery.isOurs(request.getHeader("Origin"))) {
            refused.record(ProblemCode.CSRF, login.get().identity(), request);
            Problem.of(ProblemCode.CSRF).send(request, response);
            return;
        }
        chain.doFilter(request, response);
    }
}
