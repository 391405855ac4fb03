package org.bascule.web.login;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Optional;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.Site;

/** {@code POST /logout}: ends the login here and sends the browser to end it at the realm, from where it comes back to the login page. */
@WebServlet("/logout")
public class LogoutServlet extends HttpServlet {

    private static final System.Logger LOG = System.getLogger(LogoutServlet.class.getName());

    @Inject
    private transient Site site;

    @Inject
    private transient LoginFlow flow;

    @Inject
    private transient ForgeryRules forgery;

    @Inject
    private transient RefusedRequests refused;

    @Inject
    private transient LoginJournal journal;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<SignedIn> login = Requests.cookieLogin(request);
        if (login.isEmpty()) {
            see(response, site.publicUrl().at("/login"));
            return;
        }
        if (!forgery.allowsChange("POST", login.get(), request.getHeader("Origin"), request.getParameter("csrf"))) {
            refused.record(ProblemCode.CSRF, login.get().identity(), request);
            Problem.of(ProblemCode.CSRF).send(request, response);
            return;
        }
        end(request, login.get());
        see(response, realmLogout(login.get()));
    }

    private void end(HttpServletRequest request, SignedIn login) {
        request.getSession().invalidate();
        journal.signedOut(login.identity(), Requests.origin(request, site.proxies()));
    }

    private String realmLogout(SignedIn login) {
        try {
            URI uri = flow.endSession(login);
            return uri.toString();
        } catch (LoginRefusedException e) {
            LOG.log(Level.WARNING, "Log-out at the realm not possible: {0}", e.getMessage());
            return site.publicUrl().at("/login");
        }
    }

    private static void see(HttpServletResponse response, String location) {
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", location);
        response.setHeader("Cache-Control", "no-store");
    }
}
