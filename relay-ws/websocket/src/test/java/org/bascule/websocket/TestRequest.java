package org.bascule.websocket;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A request that has attributes and nothing else. */
final class TestRequest {

    final Map<Object, Object> attributes = new ConcurrentHashMap<>();
    final HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {HttpServletRequest.class}, (proxy, method, arguments) -> {
                switch (method.getName()) {
                    case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                    case "getAttribute" -> {
                        return attributes.get(arguments[0]);
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                }
                return null;
            });
}
