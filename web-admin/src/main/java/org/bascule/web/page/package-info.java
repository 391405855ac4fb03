/**
 * The pages of the Control Center Web as files: which address gets which file, how long it may be kept, and what happens to everything else.
 *
 * <p>Invariants: no address outside the API and the servlets reaches anything but a file of the build; the error pages of the server are never shown.
 */
@NullMarked
package org.bascule.web.page;

import org.jspecify.annotations.NullMarked;
