package org.bascule.domain.transfer;

import java.nio.file.Path;
import org.bascule.domain.identity.Caller;

/**
 * An import is to begin when the transaction has committed.
 *
 * @param file the upload, which is deleted afterwards
 */
public record ImportQueued(String id, Caller caller, ImportRequest request, Path file) {}
