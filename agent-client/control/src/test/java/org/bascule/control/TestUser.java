package org.bascule.control;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.bascule.control.command.Bascule;

/** Somebody who types commands: environment, home folder, standard streams, and a clock that stands. */
public final class TestUser {

    public final Map<String, String> environment = new HashMap<>();
    public final Path home;
    public final ByteArrayOutputStream out = new ByteArrayOutputStream();
    public final ByteArrayOutputStream err = new ByteArrayOutputStream();
    public InputStream in = new ByteArrayInputStream(new byte[0]);
    public Instant now = Instant.parse("2026-01-02T12:00:00Z");

    public TestUser(Path home) {
        this.home = home;
    }

    public Surroundings around() {
        return new Surroundings(environment, home, in, out, err, () -> now);
    }

    /** Runs the program anew; output is that of this run. */
    public int run(String... arguments) {
        out.reset();
        err.reset();
        return Bascule.run(around(), arguments);
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    public Path config(String file) {
        return home.resolve(".config/bascule").resolve(file);
    }
}
