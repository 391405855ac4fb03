package org.bascule.web.api;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;

/** Puts a body into the request's {@link Upload}: bodies are read before an operation begins, and its transaction with it. */
@Provider
@Consumes({MediaType.APPLICATION_JSON, "text/csv"})
public class UploadReader implements MessageBodyReader<Upload> {

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == Upload.class;
    }

    @Override
    public Upload readFrom(
            Class<Upload> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        // readers live as long as the application, and what they inject is not the request's
        Upload upload = CDI.current().select(Upload.class).get();
        try {
            upload.read(body);
            return upload;
        } catch (RefusedException e) {
            throw new ProblemException(Problems.of(e));
        }
    }
}
