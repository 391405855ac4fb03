package org.bascule.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedFilesTest {

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "GZIP", "deflate , gzip ; q=0.5"})
    void gzipIsTakenWhereItIsNamed(String acceptEncoding) {
        assertThat(CompressedFiles.takesGzip(acceptEncoding)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "xgzip", "deflate"})
    void andNotWhereItIsRefused(String acceptEncoding) {
        assertThat(CompressedFiles.takesGzip(acceptEncoding)).isFalse();
        assertThat(CompressedFiles.takesGzip(null)).isFalse();
    }
}
