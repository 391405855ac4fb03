package org.bascule.web.site;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger.Level;
import java.util.Set;

/**
 * Gives the session cookie the name and attributes that fit the public URL, and stops the deployment if a setting is wrong.
 *
 * <p>The cookie is never readable by scripts, never sent by foreign forms, and bound to this host.
 */
@WebListener
public class SiteStart implements ServletContextListener {

    private static final System.Logger LOG = System.getLogger(SiteStart.class.getName());

    @Inject
    private Site site;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        SessionCookieConfig cookie = event.getServletContext().getSessionCookieConfig();
        cookie.setName(site.publicUrl().cookieName());
        cookie.setHttpOnly(true);
        cookie.setSecure(site.publicUrl().secure());
        cookie.setPath("/");
        cookie.setAttribute("SameSite", "Lax");
        event.getServletContext().setSessionTrackingModes(Set.of(SessionTrackingMode.COOKIE));
        LOG.log(Level.INFO, "Control Center Web answers as {0}", site.publicUrl());
    }
}
