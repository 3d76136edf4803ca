{{ netvisor.stage_stream(
    'user_invitations',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'company': 'text',
        'company_netvisor_key': 'integer',
        'first_names': 'text',
        'last_name': 'text',
        'existing_netvisor_user': 'text',
        'invitation_first_names': 'text',
        'invitation_last_name': 'text',
        'invitation_email': 'text',
        'invitation_phone': 'text',
        'invitation_type': 'text',
        'invitation_status': 'text',
        'invitation_created_by': 'text',
        'verified_by': 'text',
        'invitation_created_timestamp': 'timestamp',
        'invitation_expiration_timestamp': 'timestamp',
        'authentication_timestamp': 'timestamp',
        'verified_timestamp': 'timestamp',
    }
) }}
