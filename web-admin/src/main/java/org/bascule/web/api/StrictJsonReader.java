package org.bascule.web.api;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Reads a body as one JSON object: at most {@value BodyLimit.JSON} bytes, however they arrive, and nothing but UTF-8. */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public class StrictJsonReader implements MessageBodyReader<StrictJson> {

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == StrictJson.class;
    }

    @Override
    public StrictJson readFrom(
            Class<StrictJson> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        String charset = mediaType.getParameters().get(MediaType.CHARSET_PARAMETER);
        if (charset != null && !charset.equalsIgnoreCase("utf-8")) {
            throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
        }
        return parse(body.readNBytes(BodyLimit.JSON + 1));
    }

    /** The object that some bytes are; refused with a problem otherwise. */
    public static StrictJson parse(byte[] bytes) {
        if (bytes.length > BodyLimit.JSON) {
            throw ProblemException.of(ProblemCode.TOO_LARGE);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return StrictJson.parse(text, BodyLimit.JSON);
        } catch (CharacterCodingException e) {
            throw ProblemException.of(ProblemCode.MALFORMED, "The body is not UTF-8.");
        } catch (WireException e) {
            throw ProblemException.of(ProblemCode.MALFORMED, "The body is not one JSON object.");
        }
    }
}
