package org.bascule.control.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.bascule.control.CommandException;
import org.bascule.session.service.TerminalSize;
import org.junit.jupiter.api.Test;

class LocalTerminalTest {

    @Test
    void sizeIsRowsThenColumns() {
        assertThat(LocalTerminal.parseSize("50 132\n")).contains(new TerminalSize(132, 50));
        assertThat(LocalTerminal.parseSize("0 0")).isEmpty();
        assertThat(LocalTerminal.parseSize("stty: no")).isEmpty();
        assertThat(LocalTerminal.parseSize("")).isEmpty();
        assertThat(LocalTerminal.parseSize("50 99999")).isEmpty();
    }

    @Test
    void withoutATerminalNothingIsChanged() throws CommandException {
        LocalTerminal none = LocalTerminal.none();
        assertThat(none.size()).isEqualTo(new TerminalSize(80, 24));
        none.raw();
        none.whenResized(size -> {
            throw new AssertionError();
        });
        none.restore();
    }
}
