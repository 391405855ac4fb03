package org.bascule.control.copy;

import java.util.Locale;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;

/** How far a copy is, in one line of the terminal that is written over. Thread-safe. */
public final class Progress {

    private static final long EVERY_NANOS = 200_000_000;
    private static final int WIDTH = 78;

    private final Surroundings around;
    private final boolean shown;
    private final long began = System.nanoTime();

    // guarded by this
    private long told = System.nanoTime();
    private long bytes;
    private long skipped;
    private long total;
    private long files;

    /** @param shown whether somebody looks at it */
    public Progress(Surroundings around, boolean shown) {
        this.around = around;
        this.shown = shown;
    }

    synchronized void expect(long size) {
        total += size;
        files++;
    }

    /** So many bytes were there already. */
    synchronized void skip(long count) {
        skipped += count;
        bytes += count;
    }

    synchronized void add(long count, String name) {
        bytes += count;
        long now = System.nanoTime();
        if (shown && now - told > EVERY_NANOS) {
            told = now;
            show(line(name));
        }
    }

    private String line(String name) {
        double seconds = Math.max(1e-3, (System.nanoTime() - began) / 1e9);
        String line = String.format(
                Locale.ROOT,
                "%3d %%  %s of %s  %s/s  %s",
                total == 0 ? 100 : Math.min(100, bytes * 100 / total),
                size(bytes),
                size(total),
                size((long) ((bytes - skipped) / seconds)),
                Printable.of(name));
        return line.length() > WIDTH
                ? line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, WIDTH)))
                : line;
    }

    private void show(String line) {
        try {
            around.err().write(("\r" + line + "\u001b[K").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            around.err().flush();
        } catch (java.io.IOException e) {
            // nobody looks at it any more
        }
    }

    /** Takes the line away. */
    public synchronized void end() {
        if (shown) {
            show("");
        }
    }

    public synchronized long bytes() {
        return bytes;
    }

    public synchronized long files() {
        return files;
    }

    /** 1.5 MB: powers of ten, as disks and networks are sold. */
    public static String size(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 999.95 && unit < 4) {
            value /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %cB", value, "kMGTP".charAt(unit));
    }
}
