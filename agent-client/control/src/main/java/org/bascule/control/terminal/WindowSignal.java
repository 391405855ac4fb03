package org.bascule.control.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The signal WINCH. The platform's interface to signals is not part of Java: where it is missing, nothing happens. */
final class WindowSignal {

    private static final String NAME = "WINCH";

    private WindowSignal() {}

    static void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    WindowSignal.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                action.run();
                                yield null;
                            }
                            case "equals" -> arguments != null && self == arguments[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "WindowSignal";
                        };
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(NAME), proxy);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            System.getLogger(WindowSignal.class.getName())
                    .log(System.Logger.Level.DEBUG, "window changes are not noticed", e);
        }
    }
}
