/** What must be so before a session starts on a device: consent, a reason, the full log (requirements DEV-6 and AUD-3). Set for a device or a folder, the nearest counts. */
@NullMarked
package org.bascule.domain.sessionpolicy;

import org.jspecify.annotations.NullMarked;
