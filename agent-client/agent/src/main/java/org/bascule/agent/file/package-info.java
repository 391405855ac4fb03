/**
 * Files of the device: the service {@code file} ({@code docs/protocol/files.md}). Invariants: every file call has the rights of the session's account and no more; nothing outside of the roots that the device's owner
 * named is listed, read or changed, whatever links say; a file that is uploaded appears when it is whole, checked and on the disk, or not at all. What a stream may do is asked anew with every piece.
 */
@NullMarked
package org.bascule.agent.file;

import org.jspecify.annotations.NullMarked;
