package org.bascule.control.command;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Text for a terminal: control characters but line feeds and tabs, also the two-byte ones of UTF-8, become question marks; carriage returns are left out. */
final class InertOutput extends FilterOutputStream {

    private static final int DELETE = 0x7f;
    /** Begins U+0080 to U+00BF. */
    private static final int LATIN = 0xc2;

    private boolean latin;

    InertOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        int value = b & 0xff;
        if (value == '\r') {
            return;
        }
        boolean control = value < ' ' && value != '\n' && value != '\t' || value == DELETE || latin && value < 0xa0;
        latin = value == LATIN;
        out.write(control ? '?' : value);
    }
}
