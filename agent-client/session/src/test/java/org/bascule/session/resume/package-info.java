@NullMarked
package org.bascule.session.resume;

import org.jspecify.annotations.NullMarked;
