package org.bascule.web.page;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.web.login.Requests;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.SecurityHeaders;

/** The outermost filter: headers, methods, files of the page, and problems instead of the server's error pages. */
public class SiteFilter extends HttpFilter {

    private static final System.Logger LOG = System.getLogger(SiteFilter.class.getName());

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    /** Answered by servlets, resources and endpoints, not by files. */
    private static final Set<String> SERVLETS = Set.of(
            "/logout",
            "/backchannel-logout",
            "/agent/v1",
            "/agent/install.sh",
            "/agent/files/bascule-agent.jar",
            "/agent/files/bascule-agent",
            "/agent/files/bascule-agent.service",
            "/agent/files/bascule-agent.desktop",
            "/health");

    private static final List<String> SERVLET_FOLDERS = List.of("/api/", "/health/", "/internal/v1/");

    private final transient CompressedFiles compressed = new CompressedFiles();

    @Inject
    private transient SecurityHeaders headers;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        headers.apply(response);
        try {
            route(request, response, chain);
        } catch (RuntimeException | ServletException e) {
            Problem problem = Problem.of(ProblemCode.INTERNAL);
            LOG.log(Level.ERROR, "Request failed, reference " + problem.reference(), e);
            if (!response.isCommitted()) {
                response.reset();
                headers.apply(response);
                problem.send(request, response);
            }
        }
    }

    private void route(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = Requests.path(request);
        if (!METHODS.contains(request.getMethod())) {
            Problem.of(ProblemCode.METHOD_NOT_ALLOWED).send(request, response);
        } else if (SERVLETS.contains(path) || SERVLET_FOLDERS.stream().anyMatch(path::startsWith)) {
            chain.doFilter(request, response);
        } else if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            Problem.of(ProblemCode.METHOD_NOT_ALLOWED).send(request, response);
        } else if (PageRoutes.isPage(path)) {
            document(request, response, HttpServletResponse.SC_OK);
        } else if (PageRoutes.isFile(path) && request.getServletContext().getResource(path) != null) {
            file(path, request, response, chain);
        } else if (accepts(request, "text/html")) {
            document(request, response, HttpServletResponse.SC_NOT_FOUND);
        } else {
            Problem.of(ProblemCode.NOT_FOUND).send(request, response);
        }
    }

    private void file(String path, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!PageRoutes.isImmutable(path)) {
            response.setHeader("Cache-Control", "no-cache");
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
        response.setHeader("Vary", "Accept-Encoding");
        Optional<byte[]> gzip =
                compressed.find(request.getServletContext(), path, request.getHeader("Accept-Encoding"));
        if (gzip.isEmpty() || request.getHeader("Range") != null) {
            chain.doFilter(request, response);
            return;
        }
        response.setContentType(request.getServletContext().getMimeType(path));
        response.setHeader("Content-Encoding", "gzip");
        response.setContentLength(gzip.get().length);
        if (request.getMethod().equals("GET")) {
            response.getOutputStream().write(gzip.get());
        }
    }

    private static boolean accepts(HttpServletRequest request, String type) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains(type);
    }

    /** The one document; revalidated each time, because it names the files of the present build. */
    private static void document(HttpServletRequest request, HttpServletResponse response, int status)
            throws IOException, ServletException {
        if (request.getServletContext().getResource(PageRoutes.DOCUMENT) == null) {
            Problem.of(ProblemCode.UNAVAILABLE, "The web application is not part of this build.")
                    .send(request, response);
            return;
        }
        response.setHeader("Cache-Control", "no-cache");
        response.setCharacterEncoding("utf-8");
        response.setStatus(status);
        request.getRequestDispatcher(PageRoutes.DOCUMENT).forward(request, response);
    }
}
