package org.bascule.web.api;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.bascule.web.page.CompressedFiles;

/**
 * Sends long answers in gzip form to who takes it: a list is mostly the same words again. Answers that carry a secret are
 * those to creations, and {@code /api/me} with the token against forged requests, which is shorter: they stay as they are, so that no length tells
 * anything about it.
 */
@Provider
@SuppressWarnings("NullAway.Init") // the container fills the fields
public class CompressedAnswers implements WriterInterceptor {

    /** Characters; what is shorter saves a packet or two. */
    private static final int WORTH_IT = 3_000;

    @Context
    private Request request;

    @Context
    private HttpHeaders headers;

    @Override
    public void aroundWriteTo(WriterInterceptorContext answer) throws IOException {
        boolean isLong = answer.getEntity() instanceof String text && text.length() >= WORTH_IT;
        if (!isLong
                || !request.getMethod().equals(HttpMethod.GET)
                || !CompressedFiles.takesGzip(headers.getHeaderString(HttpHeaders.ACCEPT_ENCODING))) {
            answer.proceed();
            return;
        }
        answer.getHeaders().putSingle(HttpHeaders.CONTENT_ENCODING, "gzip");
        answer.getHeaders().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        OutputStream plain = answer.getOutputStream();
        GZIPOutputStream gzip = new GZIPOutputStream(plain);
        answer.setOutputStream(gzip);
        try {
            answer.proceed();
            gzip.finish();
        } finally {
            answer.setOutputStream(plain);
        }
    }
}
