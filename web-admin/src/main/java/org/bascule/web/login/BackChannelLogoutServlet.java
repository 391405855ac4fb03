package org.bascule.web.login;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import org.bascule.web.login.LogoutTokens.Ending;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.RateLimit;

/** {@code POST /backchannel-logout}: a realm says that sessions ended (OpenID Connect Back-Channel Logout 1.0). The token is the only proof. */
@WebServlet("/backchannel-logout")
public class BackChannelLogoutServlet extends HttpServlet {

    private static final System.Logger LOG = System.getLogger(BackChannelLogoutServlet.class.getName());

    /** Lines in the log of one peer. */
    private static final RateLimit LINES = new RateLimit(10, Duration.ofMinutes(1), Clock.systemUTC());

    @Inject
    transient LogoutTokens tokens;

    @Inject
    transient LoginJournal journal;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String token = request.getParameter("logout_token");
        if (token == null) {
            Problem.of(ProblemCode.MALFORMED, "A logout_token is required.").send(request, response);
            return;
        }
        try {
            Ending ending = tokens.verify(token);
            journal.endedAtRealm(ending.issuer(), ending.realmSession(), ending.subject());
            response.setHeader("Cache-Control", "no-store");
            response.setStatus(HttpServletResponse.SC_OK);
        } catch (LoginRefusedException e) {
            // anybody may post one
            Level level = LINES.admits(request.getRemoteAddr()) ? Level.WARNING : Level.DEBUG;
            LOG.log(level, "Logout token refused: {0} ({1})", e.getMessage(), e.reason());
            Problem.of(ProblemCode.MALFORMED, "The logout token is not valid.").send(request, response);
        }
    }
}
