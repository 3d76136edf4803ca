{{ netvisor.stage_stream(
    'inventory_places',
    key=[
        'business_id',
        'netvisor_key',
    ],
    columns={
        'business_id': 'text',
        'netvisor_key': 'integer',
        'inventory_place_name': 'text',
        'inventory_place_email_address': 'text',
        'inventory_place_shelves': 'json',
    }
) }}
