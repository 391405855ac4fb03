package org.bascule.web.api;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.function.LongFunction;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.transparency.TreeExport;
import org.bascule.wire.log.TreeHead;

/** Writes a tree step by step. A right that is withdrawn meanwhile ends it: each step is read by somebody who may read the log. */
record TreeFile(Logbook logbook, TreeExport export, Caller caller) {

    /** The tree of the caller's domain, and what is in none. */
    void domain(Writer out, TreeHead head) throws IOException, RefusedException {
        String domain = caller.domainId();
        out.write(export.header(head) + "\n");
        long lines = 1 + sealed(out, head, from -> export.lines(domain, from, head.size()));
        TreeExport.Position after = null;
        do {
            logbook.requireReader(caller);
            TreeExport.Unsealed step = export.unsealed(domain, after);
            lines += write(out, step.lines());
            after = step.next();
        } while (after != null);
        out.write(TreeExport.end(lines) + "\n");
    }

    /** The tree of the installation. */
    void installation(Writer out, TreeHead head) throws IOException, RefusedException {
        out.write(export.header(head) + "\n");
        long lines = 1 + sealed(out, head, from -> export.installationLines(caller.domainId(), from, head.size()));
        out.write(TreeExport.end(lines) + "\n");
    }

    private long sealed(Writer out, TreeHead head, LongFunction<List<String>> step)
            throws IOException, RefusedException {
        long lines = 0;
        for (long from = 0; from < head.size(); from += TreeExport.STEP) {
            logbook.requireReader(caller);
            lines += write(out, step.apply(from));
        }
        return lines;
    }

    private static int write(Writer out, List<String> lines) throws IOException {
        for (String line : lines) {
            out.write(line);
            out.write('\n');
        }
        return lines.size();
    }
}
