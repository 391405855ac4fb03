package org.bascule.relay;

import jakarta.websocket.Session;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Network address of the peer. jakarta.websocket does not tell it; Tyrus, the implementation of Payara, has it as {@code getRemoteAddr()} of
 * its session. With another implementation all connections count as one address.
 */
final class RemoteAddress {

    private static final System.Logger LOG = System.getLogger(RemoteAddress.class.getName());
    private static final String UNKNOWN = "unknown";

    private static final ClassValue<MethodHandle> GETTERS = new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> type) {
            try {
                return MethodHandles.publicLookup()
                        .findVirtual(type, "getRemoteAddr", MethodType.methodType(String.class))
                        .asType(MethodType.methodType(String.class, Object.class));
            } catch (ReflectiveOperationException e) {
                LOG.log(
                        Level.WARNING,
                        "{0} does not tell addresses: limits by address count all connections as one",
                        type.getName());
                return MethodHandles.dropArguments(MethodHandles.constant(String.class, UNKNOWN), 0, Object.class);
            }
        }
    };

    private RemoteAddress() {}

    static String of(Session session) {
        try {
            String address = (String) GETTERS.get(session.getClass()).invokeExact((Object) session);
            return address == null ? UNKNOWN : address;
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
