package org.bascule.agent;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line for each record on standard error; control characters are made visible, so that no peer can forge a line. */
public final class Logging {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Held, or the level is lost when the logger is collected. */
    private static final Logger LIBRARIES = Logger.getLogger("com.pty4j");

    private Logging() {}

    public static void configure(boolean debug) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler handler = new ConsoleHandler();
        handler.setFormatter(new OneLine());
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        Logger.getLogger("org.bascule").setLevel(debug ? Level.FINE : Level.INFO);
        LIBRARIES.setLevel(Level.WARNING);
    }

    private static final class OneLine extends Formatter {
        @Override
        public String format(LogRecord line) {
            String name = line.getLoggerName() == null ? "" : line.getLoggerName();
            StringBuilder text = new StringBuilder(160)
                    .append(TIME.format(line.getInstant()))
                    .append(' ')
                    .append(line.getLevel().getName())
                    .append(' ')
                    .append(name.substring(name.lastIndexOf('.') + 1))
                    .append(": ")
                    .append(formatMessage(line));
            if (line.getThrown() != null) {
                StringWriter trace = new StringWriter();
                line.getThrown().printStackTrace(new PrintWriter(trace));
                text.append(" | ").append(trace.toString().replace(System.lineSeparator(), " | "));
            }
            return text.toString().replaceAll("\\p{Cntrl}", "?") + System.lineSeparator();
        }
    }
}
