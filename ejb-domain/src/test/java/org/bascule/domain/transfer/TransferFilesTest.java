package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.transfer.TransferFiles.TransferFile;
import org.bascule.domain.transfer.TransferFiles.Way;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransferFilesTest {

    private final TestDomain domain = new TestDomain();
    private final TransferFiles files = domain.get(TransferFiles.class);
    private final List<TransferFile> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(TransferFile::close);
    }

    private Caller caller(int domainNumber, int user) {
        return domain.caller("domain-" + domainNumber, "d", "user-" + user, "u");
    }

    private TransferFile create(Way way, Caller caller) throws RefusedException, IOException {
        TransferFile file = files.create(way, caller);
        open.add(file);
        return file;
    }

    private void refused(Way way, Caller caller) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> create(way, caller))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.TOO_MANY_REQUESTS));
    }

    @Test
    void fileIsTheServersAloneAndGoesWhenItIsClosed() throws Exception {
        TransferFile file = create(Way.IN, caller(1, 1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        file.close();
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void filesOfAUserADomainAndAllAreBounded() throws Exception {
        for (int i = 0; i < TransferFiles.OF_USER; i++) {
            create(Way.IN, caller(1, 1));
        }
        refused(Way.IN, caller(1, 1));
        create(Way.OUT, caller(1, 1));
        create(Way.IN, caller(1, 2));
        create(Way.IN, caller(1, 3));
        refused(Way.IN, caller(1, 4));
        for (int i = TransferFiles.OF_DOMAIN; i < TransferFiles.OF_ALL; i++) {
            create(Way.IN, caller(i, 1));
        }
        refused(Way.IN, caller(0, 1));
    }

    @Test
    void closingMakesRoomOnce() throws Exception {
        TransferFile first = create(Way.IN, caller(1, 1));
        create(Way.IN, caller(1, 1));
        first.close();
        first.close();
        create(Way.IN, caller(1, 1));
        refused(Way.IN, caller(1, 1));
    }

    @Test
    void whatWasAbandonedIsDeletedAndNothingElse() throws Exception {
        TransferFile old = create(Way.IN, caller(1, 1));
        TransferFile young = create(Way.IN, caller(1, 1));
        Files.setLastModifiedTime(
                old.path(),
                FileTime.from(
                        domain.clock.instant().minus(TransferFiles.ABANDONED).minus(Duration.ofSeconds(1))));
        files.sweep();
        assertThat(old.path()).doesNotExist();
        assertThat(young.path()).exists();
    }
}
