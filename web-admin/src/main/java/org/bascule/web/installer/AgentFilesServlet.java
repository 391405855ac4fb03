package org.bascule.web.installer;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.web.login.Requests;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.RateLimit;
import org.bascule.web.site.Site;
import org.bascule.web.socket.Admission;

/**
 * {@code GET /agent/install.sh} and {@code /agent/files/…}: what a machine without the agent fetches, without a caller. Caches may keep it and must ask whether it is still the
 * same: an older file would be refused by the script of today. An answer ends after a minute (the listener interrupts its thread, {@code request-timeout-seconds}), so nobody
 * holds a thread for longer; whoever has only a part of a file by then asks for the rest ({@code Range: bytes=N-}, no other ranges).
 */
@WebServlet({
    AgentFilesServlet.SCRIPT,
    AgentFilesServlet.FOLDER + "bascule-agent.jar",
    AgentFilesServlet.FOLDER + "bascule-agent",
    AgentFilesServlet.FOLDER + "bascule-agent.service",
    AgentFilesServlet.FOLDER + "bascule-agent.desktop"
})
public class AgentFilesServlet extends HttpServlet {

    static final String SCRIPT = "/agent/install.sh";
    static final String FOLDER = "/agent/files/";

    private static final long serialVersionUID = 1;

    private static final Duration LATER = Duration.ofSeconds(5);

    /** Each machine fetches five; a hall of them stands behind one address. */
    private static final int MOST_BY_MINUTE = 400;

    /** From a byte to the end. */
    private static final Pattern REST = Pattern.compile("bytes=(\\d{1,18})-");

    private final transient RateLimit limit = new RateLimit(MOST_BY_MINUTE, Duration.ofMinutes(1), Clock.systemUTC());

    /** Who reads slowly holds a thread for up to a minute: with these there are enough left. */
    private final transient Admission downloads = new Admission(48, 16);

    @Inject
    transient AgentFiles files;

    @Inject
    transient Site site;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String method = request.getMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            Problem.of(ProblemCode.METHOD_NOT_ALLOWED).send(request, response);
            return;
        }
        String address = site.proxies().client(request);
        if (!limit.admits(address)) {
            Problem.of(ProblemCode.TOO_MANY_REQUESTS).after(LATER).send(request, response);
            return;
        }
        Optional<Installer> installer = files.installer();
        String path = Requests.path(request);
        if (installer.isEmpty()) {
            Problem.of(ProblemCode.NOT_FOUND, "This server hands out no agent.").send(request, response);
        } else if (path.equals(SCRIPT)) {
            script(installer.get(), request, response);
        } else {
            Optional<AgentFile> file = Arrays.stream(AgentFile.values())
                    .filter(one -> path.equals(FOLDER + one.fileName()))
                    .findFirst();
            if (file.isEmpty()) {
                Problem.of(ProblemCode.NOT_FOUND).send(request, response);
            } else if (!downloads.enter(address)) {
                Problem.of(ProblemCode.TOO_MANY_REQUESTS).after(LATER).send(request, response);
            } else {
                try {
                    file(file.get(), installer.get(), request, response);
                } finally {
                    downloads.leave(address);
                }
            }
        }
    }

    private static void script(Installer installer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] script = installer.script().getBytes(StandardCharsets.US_ASCII);
        if (begin(request, response, "text/plain; charset=utf-8", script.length, installer.sha256())) {
            response.getOutputStream().write(script);
        }
    }

    private static void file(
            AgentFile file, Installer installer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Installer.Content content = installer.files().get(file);
        if (content == null) {
            Problem.of(ProblemCode.NOT_FOUND).send(request, response);
            return;
        }
        try (InputStream in = Files.newInputStream(content.path())) {
            response.setHeader("Accept-Ranges", "bytes");
            if (!begin(request, response, file.type(), content.length(), content.sha256())) {
                return;
            }
            long from = from(request, "\"" + content.sha256() + "\"");
            if (from >= content.length()) {
                response.setHeader("Content-Range", "bytes */" + content.length());
                response.setContentLengthLong(0);
                response.setStatus(HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
                return;
            }
            if (from > 0) {
                response.setHeader(
                        "Content-Range", "bytes " + from + "-" + (content.length() - 1) + "/" + content.length());
                response.setContentLengthLong(content.length() - from);
                response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
                in.skipNBytes(from);
            }
            copy(in, content.length() - from, response.getOutputStream());
        }
    }

    /** The first byte that is wanted; 0 for the whole, also where another file than this one is to be continued. */
    private static long from(HttpServletRequest request, String tag) {
        String range = request.getHeader("Range");
        String same = request.getHeader("If-Range");
        if (range == null || same != null && !same.strip().equals(tag)) {
            return 0;
        }
        Matcher rest = REST.matcher(range.strip());
        return rest.matches() ? Long.parseLong(rest.group(1)) : 0;
    }

    /** No more than was promised: a file that is being replaced is refused by its hash, not by a broken answer. */
    private static void copy(InputStream in, long length, OutputStream out) throws IOException {
        byte[] buffer = new byte[64 * 1_024];
        long left = length;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new IOException("the file is shorter than it was");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    /** Writes the headers. @return whether the content follows */
    private static boolean begin(
            HttpServletRequest request, HttpServletResponse response, String type, long length, String sha256) {
        String tag = "\"" + sha256 + "\"";
        response.setHeader("ETag", tag);
        response.setHeader("Cache-Control", "public, no-cache");
        String known = request.getHeader("If-None-Match");
        if (known != null && (known.strip().equals("*") || known.contains(tag))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return false;
        }
        response.setContentType(type);
        response.setContentLengthLong(length);
        return request.getMethod().equals("GET");
    }
}
