import { foldsOf } from './folds.ts';

/**
 * One row a countable service, made by `ServiceCounted` alone; a correction marks it and the views leave it out. The
 * row stays, so that a figure that went down can be explained.
 */
export const countedService = {
  key: ['count_id'],
  belongsTo: { centre: 'centre_id', holder: 'holder_id' },
  on: foldsOf('countId', {
    opens: {
      'intake.ServiceCounted': (_row, data, at) => ({
        count_id: data.countId,
        rule_version: data.ruleVersion,
        case_id: data.caseId,
        service_id: data.serviceId,
        holder_id: data.holderId,
        centre_id: data.centreId,
        municipality_id: data.municipalityId,
        channel: data.channel,
        customer_kind: data.customerKind,
        cross_border: data.crossBorder,
        clerk_minutes: data.clerkMinutes,
        counted_at: at,
        corrected_at: null,
        correction_reason: null,
      }),
    },
    changes: {
      'intake.ServiceCountCorrected': (_row, data, at) => ({ corrected_at: at, correction_reason: data.reason }),
    },
  }),
};
